"""What each term becomes: the entries of a synonyms file.

The key is a term as the analyzer leaves it, the values are all terms that stand in its place at search,
itself among them unless a rule takes it away. So equal entries are equal searches, however the rules
that make them are written; a term that becomes itself alone is no entry.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator

from dictionary_deploy.dictionaries.analysis import analyze
from dictionary_deploy.dictionaries.kind import Entries, Options
from dictionary_deploy.dictionaries.synonyms.parse import is_rule, parse_rule, plain
from dictionary_deploy.dictionaries.text import Text
from dictionary_deploy.dictionaries.word_breaks import LONGEST
from dictionary_deploy.model import Analyzer

# Lines of which the terms are not simply what stands between the commas: escapes, an arrow at an edge,
# white space other than a space or more of it within a term, other control characters.
_IRREGULAR = re.compile(r"[\\\x00-\x1f\x7f]|[^\S ]|^ *=>|=> *$|[^\s,>]  +[^\s,=]")
# Terms that tokenizers may cut: they look for UTF-16 units, of which a character is two at most.
_LONG = re.compile(rf"[^\s,]{{{LONGEST // 2 + 1}}}")


def read_synonyms(text: Text, options: Options, only: Container[str] | None = None) -> Entries:
    """What each term becomes, or each of those asked for. Rules that the engine refuses add nothing."""
    outputs: dict[str, set[str]] = {}
    kept: set[str] = set()
    for line in _lines_about(text, options, only):
        for term, others, keeps in _mappings(line, options):
            if only is None or term in only:
                outputs.setdefault(term, set()).update(others)
                if keeps:
                    kept.add(term)
    emitted = {
        term: tuple(sorted(others | {term} if term in kept else others)) for term, others in outputs.items()
    }
    return {term: values for term, values in emitted.items() if values != (term,)}


def synonym_keys(line: str, options: Options) -> Iterator[str]:
    """The terms that a line makes something of."""
    if is_rule(line):
        yield from dict.fromkeys(term for term, _, _ in _mappings(line, options))


def count_synonyms(text: Text, options: Options) -> int:
    """How many terms become something else: what one rule makes of a term, no other one takes back."""
    terms: set[int] = set()  # hashes, since a million terms are several times the size of their file
    for line in text.lines:
        if not is_rule(line):
            continue
        pieces = _equivalents(line, options)
        if pieces:
            terms.update(map(hash, pieces))
        else:
            terms.update(hash(term) for term, others, _ in _mappings(line, options) if others - {term})
    return len(terms)


def _equivalents(line: str, options: Options) -> set[str] | None:
    """The terms of a line that has nothing but equivalent synonyms, quickly; None for others."""
    if not options.expand or "=>" in line or not _is_simple(line, options.analyzer):
        return None
    pieces = set(map(str.strip, line.split(",")))
    return pieces if len(pieces) > 1 and "" not in pieces else None


def _mappings(line: str, options: Options) -> Iterator[tuple[str, set[str], bool]]:
    """Of each input: what it becomes by this line, and whether it stays itself besides.

    A rule with a term that is refused is refused as a whole, or loses that term when `lenient`.
    """
    rule = parse_rule(line)
    inputs, outputs = _keys(rule.inputs, options.analyzer), _keys(rule.outputs, options.analyzer)
    is_refused = not options.lenient and ("" in inputs or "" in outputs)
    if rule.arrows > 1 or is_refused:
        return
    befores, afters = [key for key in inputs if key], [key for key in outputs if key]
    if rule.is_explicit:
        if afters:
            yield from ((key, set(afters), False) for key in befores)
    elif options.expand:
        if len(befores) > 1:
            every = set(befores)
            yield from ((key, every - {key}, True) for key in befores)
    elif inputs and inputs[0]:
        yield from ((key, {inputs[0]}, False) for key in befores)


def _keys(terms: Iterable[str], analyzer: Analyzer) -> list[str]:
    return [analyze(plain(term), analyzer).key for term in terms]


def _lines_about(text: Text, options: Options, only: Container[str] | None) -> Iterator[str]:
    """The lines that may say something of a term asked for."""
    lines = filter(is_rule, text.lines)
    if only is None:
        return lines
    return (
        line
        for line in lines
        if not _is_simple(line, options.analyzer)
        or any(term.strip() in only for term in line.replace("=>", ",").split(","))
    )


def _is_simple(line: str, analyzer: Analyzer) -> bool:
    """Whether the terms of a line are what stands between its commas and arrow, without analysis."""
    is_kept = analyzer.tokenizer in {"whitespace", "keyword"} and not analyzer.stopwords
    if not is_kept or (analyzer.lowercase and not line.islower()) or _IRREGULAR.search(line):
        return False
    return len(line) <= LONGEST // 2 or not _LONG.search(line)
