"""Rules about what equivalent synonyms make of each other, and about their number.

A file of many such terms has them everywhere, so each rule tells of the first ones, and stops there.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from dictionary_deploy.dictionaries.excerpt import excerpt
from dictionary_deploy.dictionaries.kind import FileRule, Finding, Options
from dictionary_deploy.dictionaries.spelling import (
    capital_letters,
    decomposed_characters,
    fullwidth_characters,
)
from dictionary_deploy.dictionaries.synonyms.parse import is_rule, parse_rule, plain
from dictionary_deploy.dictionaries.text import Text

MOST_PAIRS = 100_000
BATCH = 10_000
"""Lines whose terms are compared at once."""
MOST_SUSPECTS = 100
"""Terms that are looked for in the whole file before a rule gives up."""


def _in_two_groups(text: Text, options: Options) -> Iterator[Finding]:
    if not options.expand:
        return
    lines = text.lines
    for term in islice(_twice(lines), MOST_SUSPECTS):
        groups = {
            frozenset(map(plain, parse_rule(lines[place - 1]).inputs)): place
            for place in reversed([*_groups_with(term, lines)])
        }
        if len(groups) > 1:  # of the same rule twice another rule tells
            first, second, *_ = sorted(groups.values())
            yield Finding(
                second,
                lines[second - 1].find(term) + 1,
                f"{excerpt(term)} is in the groups of line {first} and of this one, which do not become one:"
                " it finds the terms of both, and they do not find each other's. Write one group, or two"
                " mappings with => when this is meant. (More terms may be so; this is the first.)",
            )
            return


def _replaced_and_kept(text: Text, options: Options) -> Iterator[Finding]:
    if not options.expand or "=>" not in text.content:
        return
    lines = text.lines
    replaced: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if "=>" in line and is_rule(line):
            for term in line.partition("=>")[0].split(","):
                replaced.setdefault(term.strip(), number)
    batches = (batch for batch in _terms_of_groups(lines) if not replaced.keys().isdisjoint(batch))
    suspects = (term for batch in batches for term in batch if term in replaced)
    for term in islice(suspects, MOST_SUSPECTS):
        number = replaced[term]
        group = next(_groups_with(term, lines), None)
        if group is not None and _replaces(lines[number - 1], term):
            yield Finding(
                number,
                lines[number - 1].find(term) + 1,
                f"{excerpt(term)} is replaced here and kept by the group in line {group}: the engine then"
                " keeps it, and adds what both lines say. Take it out of the group, or write it on the right"
                " side, too, when that is meant. (More terms may be so; this is the first.)",
            )
            return


def _replaces(line: str, term: str) -> bool:
    rule = parse_rule(line)
    outputs = [*map(plain, rule.outputs)]
    return rule.arrows == 1 and bool(outputs) and term in map(plain, rule.inputs) and term not in outputs


def _twice(lines: list[str]) -> Iterator[str]:
    """Terms that are in groups more than once, roughly: some may only look alike."""
    seen: set[int] = set()  # hashes, since a million terms are several times the size of their file
    for batch in _terms_of_groups(lines):
        own = set(map(hash, batch))
        if len(own) == len(batch) and seen.isdisjoint(own):
            seen |= own
            continue
        for term in batch:
            if hash(term) in seen and term:
                yield term
            seen.add(hash(term))


def _terms_of_groups(lines: list[str]) -> Iterator[list[str]]:
    """The terms of equivalent synonyms, of many lines at once, as they look without escapes."""
    for start in range(0, len(lines), BATCH):
        batch = lines[start : start + BATCH]
        groups = [line for line in batch if line and line[0] != "#" and "=>" not in line]
        yield [*map(str.strip, ",".join(groups).split(","))]


def _groups_with(term: str, lines: list[str]) -> Iterator[int]:
    """The numbers of the lines that have the term among other ones."""
    for number, line in enumerate(lines, start=1):
        if term in line and is_rule(line):
            rule = parse_rule(line)
            if not rule.is_explicit and len(rule.inputs) > 1 and term in map(plain, rule.inputs):
                yield number


def _many_pairs(text: Text, options: Options) -> Iterator[Finding]:
    pairs = 0
    for number, line in enumerate(text.lines, start=1):
        if is_rule(line):
            left, arrow, right = line.partition("=>")
            count = left.count(",") + 1
            one_more = (right.count(",") + 1) if arrow else (count - 1 if options.expand else 1)
            pairs += count * one_more
            if pairs > MOST_PAIRS:
                yield Finding(
                    number,
                    1,
                    f"The rules up to this line make more than {MOST_PAIRS:,} pairs of terms, all of which"
                    " each node keeps in memory and builds anew at every reload. Map groups to one term with"
                    " =>, and leave out what nobody looks for.",
                )
                return


def _multi_word_term(text: Text, options: Options) -> Iterator[Finding]:
    if options.is_graph:
        return
    for number, line in enumerate(text.lines, start=1):
        outputs = map(plain, parse_rule(line).outputs) if " " in line and is_rule(line) else ()
        term = next((term for term in outputs if " " in term), None)
        if term is not None:
            yield Finding(
                number,
                line.find(term) + 1,
                f"{excerpt(term)} has several words, and a filter of type synonym puts them at wrong places:"
                " phrases find what they should not, and miss what they should. Use synonym_graph in the"
                " search analyzer. (More terms may be so; this is the first.)",
            )
            return


def _rule_text(line: str, _: Options) -> str | None:
    return line if is_rule(line) else None


GROUP_RULES = (
    FileRule("in-two-groups", "warning", _in_two_groups),
    FileRule("replaced-and-kept", "warning", _replaced_and_kept),
    FileRule("multi-word-term", "warning", _multi_word_term),
    FileRule("many-pairs", "warning", _many_pairs),
    capital_letters(
        _rule_text,
        "Write small letters, or say `lowercase: true` in `analyzer` when such a filter stands before the"
        " synonym filter.",
    ),
    decomposed_characters(_rule_text),
    fullwidth_characters(_rule_text),
)
