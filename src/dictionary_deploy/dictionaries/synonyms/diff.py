"""Two synonyms files, compared by the hashes of their terms: what differs is counted, and the first told.

Lines that both have are not read a second time: of the file before only those are that it alone has.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain, islice

from dictionary_deploy.dictionaries.hashes import Keys, hashes, only_in_one, parts
from dictionary_deploy.dictionaries.kind import MOST_SHOWN, Compared, Options
from dictionary_deploy.dictionaries.synonyms.diff_side import Side, tables_of
from dictionary_deploy.dictionaries.synonyms.expansions import lines_of_each, read_lines
from dictionary_deploy.dictionaries.synonyms.sample import Sample
from dictionary_deploy.dictionaries.text import Line, Text
from dictionary_deploy.model import EntryCounts

AT_ONCE = 50_000
"""Terms of which all outputs are in memory."""
MOST_BYTES = 32 * 1024 * 1024
"""Of all these outputs, unless those of one term are more."""
AT_FIRST = 5
"""Times as many are looked at together at first: of most a pair of terms tells that they become others."""

SAMPLE = 2048
"""Characters of each block that tell whether it is worth while to compare lines."""

MOST_LINES = 10_000
"""Lines that say something of a term up to which it is told: of others nobody would read it."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules that stand only in the file before, only in the one after, and in both."""

    gone: Side
    new: Side
    kept: Side


def compare(before: Text, after: Text, options: Options) -> Compared:
    """How many terms become something else now, and the first of them before and after."""
    gone, is_new = _changed_lines(before, after)
    rules = divided(gone, after, is_new, options)
    numbers, shown = count(rules)
    old, new = (lines_of_each(tables_of(text, options), shown) for text in (gone, after))
    keys = {key for key in shown if len(old.get(key, ())) + len(new.get(key, ())) <= MOST_LINES}
    had, has = [*_lines(gone, old, keys)], [*_lines(after, new, keys)]
    had += [line for line in has if not is_new[line.number - 1]]
    return Compared(numbers, *(_entries(lines, options, keys) for lines in (had, has)))


def _changed_lines(before: Text, after: Text) -> tuple[Text, bytes]:
    """The lines that only the file before has, and of each line of the one after whether only that has it.

    Where some lines from all over the file before are mostly gone, all count as gone, and all others as new:
    to tell the few that are in both would take longer than to read them twice.
    """
    new = hashes(after.lines)
    some = {hash(line) for block in before.blocks for line in block[:SAMPLE].split("\n")[:-1]}
    if 2 * len(some.intersection(new)) < len(some):
        return before, b"\1" * len(new)
    is_gone, is_new = only_in_one(hashes(before.lines), new)
    return before if all(is_gone) else before.only(is_gone), is_new


def _lines(text: Text, numbers: Mapping[int, list[int]], keys: AbstractSet[int]) -> Iterator[Line]:
    return text.at(sorted({number for key in keys for number in numbers.get(key, ())}))


def _entries(
    lines: Iterable[Line], options: Options, keys: AbstractSet[int]
) -> Mapping[str, tuple[str, ...]]:
    return read_lines((line.text for line in lines), options, Keys(keys))


def divided(gone: Text, after: Text, is_new: bytes, options: Options) -> Rules:
    """The rules of the file after and of the lines that only the one before has."""
    tables = tables_of(after, options)
    of_numbers = b"\0" + is_new
    flags = [bytes(map(of_numbers.__getitem__, table.numbers)) for table in tables]
    new = [table if all(flag) else table.only(flag) for table, flag in zip(tables, flags, strict=True)]
    kept = [table.without(flag) for table, flag in zip(tables, flags, strict=True)]
    sides = (tables_of(gone, options), new, kept)
    return Rules(*(Side([table for table in side if table.numbers], expand=options.expand) for side in sides))


def count(rules: Rules, at_once: int = AT_ONCE) -> tuple[EntryCounts, AbstractSet[int]]:
    """How many terms are new, gone, others and there in all, and those that are to be told."""
    added, removed = Sample(rules.new.tables), Sample(rules.gone.tables)
    changed = Sample([*rules.new.tables, *rules.kept.tables])
    total = 0
    waiting: set[int] = set()
    idle = (*rules.gone.idle, *rules.new.idle)
    for sides in parts(rules.gone, rules.new, rules.kept, idle):
        gone, new, kept, same = map(set, sides)
        total += len(kept) + len(new) - len(kept & new)
        both = gone & new | kept & gone | kept & new | kept & same
        removed.add(gone, gone & both)
        added.add(new, new & both)
        waiting |= both
        del sides, gone, new, kept, same, both  # large ones
        if len(waiting) > AT_FIRST * at_once:
            changed.add(_differing(rules, waiting, at_once))
            waiting = set()
    changed.add(_differing(rules, waiting, at_once))
    shown: set[int] = set()
    for sample in (changed, removed, added):
        shown |= sample.first(MOST_SHOWN - len(shown))
    return EntryCounts(added.count, removed.count, changed.count, total), shown


def _differing(rules: Rules, keys: set[int], at_once: int) -> AbstractSet[int]:
    """Those of the keys that become something else."""
    rest = keys
    for side, others in ((rules.gone, (rules.new, rules.kept)), (rules.new, (rules.gone, rules.kept))):
        if len(rest) > at_once:
            rest = rest - _certainly_others(rest, side, others)
    found = keys - rest
    for some in some_at_once(rules, rest, at_once):
        gone, new, kept = (side.values(some) for side in (rules.gone, rules.new, rules.kept))
        found.update(key for key in some if _are_others(gone[key], new[key], kept[key]))
    return found


def _certainly_others(keys: AbstractSet[int], side: Side, others: Sequence[Side]) -> AbstractSet[int]:
    """Those of the keys that have something on a side which they do not have on the others."""
    pairs = side.pair_of_each(keys)
    there = set(pairs.values()).intersection(chain.from_iterable(other.pairs() for other in others))
    # One of itself is none.
    unknown = (key for key, pair in pairs.items() if not pair or pair in there)
    return set(pairs).difference(unknown, *(other.inputs_of_wide() for other in others))


def some_at_once(
    rules: Rules, keys: AbstractSet[int], most: int, most_bytes: int = MOST_BYTES
) -> Iterator[AbstractSet[int]]:
    """The keys, divided so that their outputs are not too many."""
    rest = iter(keys)
    while some := {*islice(rest, most)}:
        ready = [some]
        while ready:
            some = ready.pop()
            sizes = (side.size(some) for side in (rules.gone, rules.new, rules.kept))
            if len(some) == 1 or sum(sizes) <= most_bytes:
                yield some
            else:
                half = {*islice(some, len(some) // 2)}
                ready += [half, some - half]


def _are_others(*outputs: bytearray) -> bool:
    """Whether a term becomes something else: by what the files make of it, the one, the other, and both."""
    gone, new, _ = outputs
    columns = [(array("q", bytes(each)),) for each in outputs]
    return gone != new and any(
        before - both != after - both for before, after, both in (map(set, part) for part in parts(*columns))
    )
