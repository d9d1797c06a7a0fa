"""Compare our validation and entries of a file with the engine's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dictionary_deploy.dictionaries import KINDS, Entries, Options, validate
from dictionary_deploy.dictionaries.engines import Engine
from dictionary_deploy.dictionaries.lucene.escapes import escape_surrogates
from dictionary_deploy.dictionaries.rules.encoding import is_utf_16
from dictionary_deploy.model import Problem
from tests.lucene.ask import Lucene, Verdict

NOT_REJECTED: Mapping[str, str] = {
    "no-patterns": "the engine loads it but splits no word: the dictionary has no effect",
    "too-many-patterns": "the engine may load it but mixes up its patterns",
    "no-classes": "the engine loads it but splits no word: the dictionary has no effect",
    "declared-entity": "the engine reads a file of its own, if it has one",
    "no-part-of-speech": "the engine loads it but fails if a filter needs the part of speech",
    "tab-in-segment": "the engine loads it but rejects each text with the word",
    "other-format": "the engine reads every line as a rule: the dictionary has no effect",
}
"""Our errors for files that the engine accepts, with the reason."""

TOKENIZERS = frozenset({"keyword", "standard", "whitespace"})
"""Tokenizers of `AskLucene.java`."""

WITH_LUCENE_8 = frozenset({"kuromoji-user-dictionary", "nori-user-dictionary"})
"""Kinds that Lucene 9 checks more strictly. Newer engines have it; it is not installed here."""

Shown = Mapping[str, tuple[str, ...]]


def with_lucene_8(engine: Engine) -> Engine:
    """Return the engine with the installed version of Lucene."""
    return replace(
        engine,
        hash_cuts_user_dictionary=True,
        compares_segments=False,
        compares_lengths=True,
        rejects_empty_tokens=False,
        unicode="9.0.0",
    )


def disagreement(lucene: Lucene, kind: str, data: bytes, options: Options) -> str:
    """Return a sentence with the difference between the engine and us, or an empty text."""
    options = replace(options, engine=with_lucene_8(options.engine))
    if kind == "kuromoji-user-dictionary" and b"\0" in data:
        return ""  # Lucene itself separates reading and part of speech by U+0000
    if kind == "stemmer-override" and not options.engine.splits_override_keys:
        return ""  # the judge re-implements newer engines
    if is_utf_16(data) or options.analyzer.tokenizer not in TOKENIZERS:
        return ""
    verdict = lucene.judge(kind, data, options)
    problems, text = validate(KINDS[kind], data, "file", options)
    if any(each.rule == "merge-conflict" for each in problems):
        return ""  # the rule hides the others, of which the engine may report some
    all_errors = [each for each in problems if each.severity == "error"]
    errors = [each for each in all_errors if each.rule not in NOT_REJECTED]
    if errors if verdict.accepted else not all_errors:
        ours = "; ".join(f"{each.rule} in line {each.line}: {each.message}" for each in errors) or "accepted"
        theirs = "accepted" if verdict.accepted else f"rejected in line {verdict.line}: {verdict.message}"
        return f"The engine: {theirs}. We: {ours}."
    if not verdict.accepted:
        return _other_line(kind, verdict, errors or all_errors, options)
    read = KINDS[kind].read
    if text is None or read is None or kind not in SHOWN:
        return ""
    ours, theirs = read(text, options, None), SHOWN[kind](verdict.rules)
    return "" if ours == theirs else f"The engine reads {theirs}. We read {ours}."


def _other_line(kind: str, verdict: Verdict, errors: Sequence[Problem], options: Options) -> str:
    lines = {each.line for each in errors}
    is_first_by_lines = kind != "kuromoji-user-dictionary" and not (
        kind == "char-mappings" and options.engine.comments_after_trimming
    )
    if verdict.line is None or any(each.rule == "not-utf-8" for each in errors):
        return ""  # the engine reports no line for bytes that are not UTF-8
    if any(each.rule == "over-limit" for each in errors):
        return ""  # of a WordNet set, the engine reports the last line
    if verdict.line == min(lines) or (verdict.line in lines and not is_first_by_lines):
        return ""  # newer engines parse all mappings before they compare them, and all engines compare the
        # surfaces of kuromoji before they parse the columns
    return f"The engine rejects line {verdict.line} ({verdict.message}), we reject {sorted(lines)}."


def _expansions(rules: tuple[Any, ...]) -> Entries:
    """Return the expansions of each term.

    Lucene separates the words of a term by U+0000, which a keyword tokenizer keeps: to us, such a term has
    two words.
    """
    outputs: dict[str, set[str]] = {}
    for term, others, is_kept in rules:
        key = term.replace("\0", " ")
        becomes = {other.replace("\0", " ") for other in others} | ({key} if is_kept else set())
        outputs.setdefault(key, set()).update(becomes)
    return {key: tuple(sorted(others)) for key, others in outputs.items() if others != {key}}


def _words(rules: tuple[Any, ...]) -> Entries:
    """Return the words without empty ones, from lines of control characters: no token is empty."""
    return {rule[0]: () for rule in rules if rule[0]}


def _pairs(rules: tuple[Any, ...]) -> Entries:
    return {escape_surrogates(key): (escape_surrogates(value),) for key, value in rules}


def _segmented(rules: tuple[Any, ...]) -> Entries:
    return {
        rule[0]: (escape_surrogates(" ".join(rule[1])), " ".join(rule[2]), (rule[3] or [""])[0])
        for rule in rules
    }


def _parts(rules: tuple[Any, ...]) -> Entries:
    return {surface: tuple(map(escape_surrogates, parts)) for surface, parts in rules}


SHOWN = {
    "synonyms": _expansions,
    "wordnet-synonyms": _expansions,
    "kuromoji-user-dictionary": _segmented,
    "nori-user-dictionary": _parts,
    "stemmer-override": _pairs,
    "word-delimiter-types": _pairs,
    "char-mappings": _pairs,
    **dict.fromkeys(
        (
            "stopwords",
            "keep-words",
            "protected-words",
            "keywords",
            "articles",
            "common-words",
            "decompounder-words",
        ),
        _words,
    ),
}
"""Functions that convert the engine's rules to entries."""
