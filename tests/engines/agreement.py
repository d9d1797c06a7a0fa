"""Compare our verdicts and entries of a file with those of a node."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from dictionary_deploy.dictionaries import KINDS, Options, validate
from dictionary_deploy.dictionaries.engines import Engine, engine_of
from dictionary_deploy.dictionaries.lucene.analyzer import MODELLED, analyze
from dictionary_deploy.dictionaries.lucene.stop_lists import NAMED_LIST_OF_ENGINE
from dictionary_deploy.dictionaries.rules.encoding import is_utf_16
from tests.engines.judge import Answer, Judge, Token, chain
from tests.lucene.agreement import NOT_REJECTED

ACCEPTED_ERRORS: Mapping[str, str] = {
    **NOT_REJECTED,
    "empty-segment": "OpenSearch 2 loads it but rejects each text with the word",
}
"""Our errors for files that an engine accepts, with the reason."""

MAX_PROBES = 2
"""Entries of a file whose tokens are compared."""
MAX_VALUES = 20

Probe = tuple[str, set[str]]
"""A text, and the texts that the engine makes of it."""


def engine(version: str) -> Engine:
    """Return our engine for the version of a node."""
    major, _ = version.split(".", 1)
    brand = "elasticsearch" if int(major) >= 5 else "opensearch"
    return engine_of(f"{brand}-{version}")


def disagreement(judge: Judge, kind: str, data: bytes, options: Options) -> str:
    """Return a sentence with the difference between the engine and us, or an empty text."""
    if is_utf_16(data) or options.analyzer.tokenizer not in MODELLED:
        return ""
    answer = judge.verdict(kind, data, options)
    problems, text = validate(KINDS[kind], data, "file", options)
    if any(each.rule == "merge-conflict" for each in problems):
        return ""  # the rule hides the others, of which the engine may report some
    errors = [each for each in problems if each.severity == "error"]
    unexplained = [each for each in errors if each.rule not in ACCEPTED_ERRORS]
    if unexplained if answer.is_accepted else not errors:
        ours = "; ".join(f"{each.rule} in line {each.line}: {each.message}" for each in errors) or "accepted"
        return f"The engine: {'; '.join(answer.reasons) or 'accepted'}. We: {ours}."
    read = KINDS[kind].read
    # Lucene separates the words of a term by U+0000, so no text has the tokens of a term with it.
    if errors or text is None or read is None or kind not in PROBES or b"\0" in data:
        return ""
    entries = {key: values for key, values in read(text, options, None).items() if "\\u" not in key}
    for probe, expected in [*PROBES[kind](entries, options)][:MAX_PROBES]:
        answer = judge.analyze(chain(kind, options), probe)
        if not answer.is_accepted or paths(answer) != expected:
            found = sorted(paths(answer)) if answer.is_accepted else "; ".join(answer.reasons)
            return f"The engine makes {found} of {probe!r}. We expect {sorted(expected)}."
    return ""


def paths(answer: Answer) -> set[str]:
    """Return the texts of all paths through the tokens."""
    end = max((token.end for token in answer.tokens), default=0)
    return {*_paths(answer.tokens, 0, end)} if answer.tokens else set()


def _paths(tokens: Sequence[Token], start: int, end: int) -> Iterator[str]:
    for token in tokens:
        if token.start == start:
            rest = _paths(tokens, token.end, end) if token.end < end else [""]
            yield from (f"{token.text} {each}".rstrip(" ") for each in rest)


def _expanded(entries: Mapping[str, tuple[str, ...]], options: Options) -> Iterator[Probe]:
    for key, values in entries.items():
        if options.is_graph and len(values) <= MAX_VALUES and analyze(key, options).key == key:
            yield key, {*values}


def _removed(entries: Mapping[str, tuple[str, ...]], _: Options) -> Iterator[Probe]:
    yield from ((word, set()) for word in entries if not NAMED_LIST_OF_ENGINE.fullmatch(word))


def _kept(entries: Mapping[str, tuple[str, ...]], _: Options) -> Iterator[Probe]:
    yield "elsewhere", set()
    yield from ((word, {word.rstrip(" ")}) for word in entries)


def _replaced(entries: Mapping[str, tuple[str, ...]], _: Options) -> Iterator[Probe]:
    yield from ((key, {values[0].rstrip(" ")}) for key, values in entries.items() if "\\u" not in values[0])


def _segmented(entries: Mapping[str, tuple[str, ...]], _: Options) -> Iterator[Probe]:
    if len(entries) == 1:  # the tokenizer chooses among words that overlap
        yield from (
            (surface, {values[0]}) for surface, values in entries.items() if "" not in values[0].split(" ")
        )


PROBES: Mapping[str, Callable[[Mapping[str, tuple[str, ...]], Options], Iterable[Probe]]] = {
    "synonyms": _expanded,
    "wordnet-synonyms": _expanded,
    "stopwords": _removed,
    "keep-words": _kept,
    "stemmer-override": _replaced,
    "char-mappings": _replaced,
    "kuromoji-user-dictionary": _segmented,
}
"""Functions that yield texts and what the engine makes of them, by kind."""
