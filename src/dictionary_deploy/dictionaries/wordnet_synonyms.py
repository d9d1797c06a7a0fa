"""Synonyms in WordNet's prolog format, as Lucene's `WordnetSynonymParser` reads them.

It is no prolog to it: the set's number is what stands in the characters 3 to 11 of a line, the word what
stands between its first and its last `'`. Nothing else is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from dictionary_deploy.dictionaries.hashes import Keys
from dictionary_deploy.dictionaries.kind import Entries, FileRule, Finding, Kind, LineRule, Options, excerpt
from dictionary_deploy.dictionaries.lucene.analyzer import analyze_untrimmed
from dictionary_deploy.dictionaries.rules.encoding import TEXT_RULES
from dictionary_deploy.dictionaries.synonyms import show_expansion, show_other_expansion
from dictionary_deploy.dictionaries.text import Line, Text

NUMBER = slice(2 * 2, 2 * 11)
"""Where the number of a set stands, in bytes of UTF-16."""
_FORM = re.compile(r"s\(\d{9},\d+,'[^_]*',[a-z],\d+,\d+\)\.")
EXAMPLE = "`s(100000001,1,'woods',n,1,0).`"


def parse_line(line: str) -> tuple[bytes, str] | None:
    """The number of the set, and the word; None for a line that the engine fails at."""
    first, last = line.find("'"), line.rfind("'")
    units = line.encode("utf-16-le")
    if len(units) < NUMBER.stop or first == last:
        return None
    return units[NUMBER], line[first + 1 : last].replace("''", "'")


def read_sets(text: Text, options: Options, only: Keys | None = None) -> Entries:
    """What each term becomes. A set is a run of lines with one number; the number may come again."""
    emitted: dict[str, set[str]] = {}
    parsed = filter(None, map(parse_line, text.lines))
    for _, members in groupby(parsed, key=lambda line: line[0]):
        terms = [key for _, word in members if (key := analyze_untrimmed(word, options.analyzer).key)]
        if len(terms) < 2:  # noqa: PLR2004 a set of one makes no rule
            continue
        becomes = set(terms) if options.expand else {terms[0]}
        for term in terms:
            if only is None or term in only:
                emitted.setdefault(term, set()).update(becomes)
    shown = {term: tuple(sorted(others)) for term, others in emitted.items()}
    return {term: others for term, others in shown.items() if others != (term,)}


def _not_a_line(line: Line, _: Options) -> Iterator[Finding]:
    if parse_line(line.text) is None:
        what = excerpt(line.text) if line.text.strip() else "A blank line"
        yield Finding(
            line.number,
            1,
            f"{what} is no line of WordNet's, and the engine fails at it without saying where: there are"
            f" neither comments nor blank lines. Delete it, or write it as {EXAMPLE}.",
        )


def _eliminated(line: Line, options: Options) -> Iterator[Finding]:
    parsed = parse_line(line.text)
    refusal = analyze_untrimmed(parsed[1], options.analyzer).refusal if parsed else ""
    if parsed and refusal:
        yield Finding(
            line.number,
            line.text.find("'") + 2,
            f"The analyzer before the synonym filter leaves no term the engine takes: `term: {parsed[1][:60]}"
            f" {refusal}`. Change the term, or the analyzer.",
            "warning" if options.lenient else None,
        )


def _odd_line(line: Line, _: Options) -> Iterator[Finding]:
    if parse_line(line.text) and not _FORM.fullmatch(line.text):
        hint = " An underscore is no space: write the word with spaces." if "_" in line.text else ""
        yield Finding(
            line.number,
            1,
            f"{excerpt(line.text)} is not of the form {EXAMPLE}: the engine takes the characters 3 to 11 for"
            f" the number of the set, and what stands between the outer ' for the word.{hint}",
        )


def _split_set(text: Text, _: Options) -> Iterator[Finding]:
    ended: dict[bytes, int] = {}
    current = None
    for line in text.numbered():
        parsed = parse_line(line.text)
        number = parsed[0] if parsed else None
        if number is not None and number != current and number in ended:
            yield Finding(
                line.number,
                3,
                f"The set {number.decode('utf-16-le', 'replace')} ended in line {ended[number]}: this begins"
                " another one, and their words are no synonyms. Put the lines of a set together.",
            )
        if number is not None:
            ended[number] = line.number
        current = number


WORDNET = Kind(
    "wordnet-synonyms",
    (
        *TEXT_RULES,
        LineRule("not-wordnet", "error", r"^", _not_a_line),
        LineRule("eliminated-term", "error", "'", _eliminated),
        FileRule("split-set", "warning", _split_set),
        LineRule("odd-line", "warning", r"^(?!s\(\d{9},\d+,'[^_\n]*',[a-z],\d+,\d+\)\.$)", _odd_line),
    ),
    read_sets,
    show=show_expansion,
    show_change=show_other_expansion,
    setting="synonyms_path",
    description="synonyms in WordNet's format, for the same filters with `format: wordnet`",
    entries_are="terms, each with its expansions",
)
