"""The index of large synonyms files finds the same as a slow and simple reference.

`make bench` measures the speed.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import islice
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dictionary_deploy.dictionaries import KINDS, Line, Options, Text
from dictionary_deploy.dictionaries.diff import MAX_CHANGE_CHARACTERS, MAX_CHARACTERS, diff_texts
from dictionary_deploy.dictionaries.hashes import MIN_SPLIT, PARTS, hashes, only_in_one, shared_hashes
from dictionary_deploy.dictionaries.kind import MAX_SHOWN, Entries, FileRule
from dictionary_deploy.dictionaries.synonyms.diff import RuleSets, batches, count, divide
from dictionary_deploy.dictionaries.synonyms.parser import is_rule, parse_rule, plain
from dictionary_deploy.dictionaries.text import BLOCK
from dictionary_deploy.model import Analyzer, Diff, EntryChange, EntryCounts

SYNONYMS = KINDS["synonyms"]
SEED = 1
TERMS = st.text(alphabet="ab", min_size=1, max_size=2)
SIDES = st.lists(TERMS, min_size=1, max_size=3).map(", ".join)
REGULAR = st.one_of(SIDES, st.tuples(SIDES, SIDES).map(" => ".join))
ODD = st.one_of(
    st.sampled_from(
        ["", "#a, b", "# a => b", "a, b => a => b", "a,,b", "a =>", ",=>b", " a, b", "a,  b", "a b,a  b"]
    ),
    st.text(alphabet="ab ,=>#\\\t\u3000", max_size=9),
)
FILES = st.lists(st.one_of(REGULAR, ODD), max_size=9).map("\n".join)
SIDES_OF_RULE = tuple[set[str], set[str] | None]


def slowly(content: str) -> list[tuple[str, int]]:
    """Return the findings of the rules about the whole file, written from docs/rules.md alone."""
    rules = [
        (line.number, parse_rule(line.text)) for line in Text(content).numbered_lines() if is_rule(line.text)
    ]
    sides = [
        (number, [*map(plain, rule.inputs)], [*map(plain, rule.outputs)] if rule.is_explicit else None)
        for number, rule in rules
    ]
    found: list[tuple[str, int]] = []
    for place, (number, inputs, outputs) in enumerate(sides):
        same = (set(inputs), None if outputs is None else set(outputs))
        if any(same == (set(one), None if other is None else set(other)) for _, one, other in sides[:place]):
            found.append(("duplicate-rule", number))
        for side in (inputs, outputs or []):
            found += [("repeated-term", number) for at, term in enumerate(side) if term and term in side[:at]]
        found += [
            ("chain", number)
            for term in outputs or ()
            if term
            and term not in inputs
            and any(term in one for _, one, other in sides if other is not None)
        ]
    groups = [(number, {*inputs}) for number, inputs, outputs in sides if outputs is None]
    groups = [(number, terms) for number, terms in groups if len(terms) > 1]
    in_two = (
        number
        for place, (number, ours) in enumerate(groups)
        if any(ours != others and (ours & others) - {""} for _, others in groups[:place])
    )
    kept = set[str]().union(*(terms for _, terms in groups)) - {""}
    replaced = (number for number, inputs, outputs in sides if outputs and kept & {*inputs} - {*outputs})
    found += [("in-two-groups", number) for number in islice(in_two, 1)]
    found += [("replaced-and-kept", number) for number in islice(replaced, 1)]
    return sorted(found)


def with_index(content: str) -> list[tuple[str, int]]:
    text = Text.of(content.encode())
    names = {"chain", "repeated-term", "duplicate-rule", "in-two-groups", "replaced-and-kept"}
    rules = [rule for rule in SYNONYMS.rules if isinstance(rule, FileRule) and rule.id in names]
    return sorted((rule.id, finding.line) for rule in rules for finding in rule.find(text, Options()))


@given(content=FILES)
@example(content="a, b\nb, a")
@example(content="a, b\na, , b")
@example(content="a, b\nb, a\nb , a\n\nb => a\na => b\na, a => b\nc => a, a")
def test_index_finds_the_problems_that_a_slow_search_finds(content: str) -> None:
    assert slowly(content) == with_index(content)


@pytest.mark.parametrize(
    "odd", ["", "#", "a,\tb", "a => b => c", "x" * 300], ids=["none", "#", "tab", "arrows", "long"]
)
def test_index_of_many_blocks_finds_the_same_problems(odd: str) -> None:
    chance = Random(SEED)
    words = [f"word {number}" for number in range(400)]
    lines = [", ".join(chance.choices(words, k=chance.choice((1, 2, 2, 3, 6)))) for _ in range(300)]
    mappings = [f"{chance.choice(words)} => {chance.choice(words)}" for _ in range(30)]
    filling = [f"{'x' * 40} {number}, {'y' * 40} {number}" for number in range(8_000)]
    content = "\n".join([*lines, *filling, odd, *mappings, *lines[:30]])
    full = slowly("\n".join([*lines, odd, *mappings, *lines[:30]]))
    shifted = [(rule, line + (len(filling) if line > len(lines) else 0)) for rule, line in full]

    assert len(Text.of(content.encode()).blocks) > 1
    assert shifted == with_index(content), f"SEED={SEED}"


def many_rules(chance: Random, count: int) -> Iterator[str]:
    for _ in range(count):
        first, *others = (f"w{chance.randrange(count)}" for _ in range(chance.choice((2, 2, 3))))
        yield f"{first} => {', '.join(others)}" if chance.random() < 0.1 else ", ".join((first, *others))


@pytest.mark.parametrize("given", [Options(), Options(expand=False)], ids=["expand", "without expand"])
def test_diff_of_large_different_files_equals_that_of_entries(given: Options) -> None:
    contents = ["\n".join(many_rules(Random(seed), 10_000)) for seed in (1, 2)]
    before, after = (Text.of(content.encode()) for content in contents)
    assert SYNONYMS.read is not None
    had, has = (dict(SYNONYMS.read(text, given, None)) for text in (before, after))
    found = diff_texts(SYNONYMS, before, after, given)
    changed = sum(had[key] != has[key] for key in had.keys() & has.keys())

    assert (
        EntryCounts(len(has.keys() - had.keys()), len(had.keys() - has.keys()), changed, len(has))
        == found.entries
        == count(rules_of(*contents, given), batch_terms=1_000)[0]
    )
    assert MAX_SHOWN == len(found.changes)


def rules_of(before: str, after: str, given: Options) -> RuleSets:
    one, other = Text(before), Text(after)
    is_gone, is_new = only_in_one(hashes(one.lines), hashes(other.lines))
    return divide(one.only(is_gone), other, is_new, given)


@given(before=FILES, after=FILES, expand=st.booleans())
@example(before="a, b\na, ab", after="a, b, ab", expand=True)
@example(before="a, b", after="b, a\na, b\na => a", expand=True)
@example(before="a, b\naa, ab\nba, bb", after="a, ab\naa, b\nba, bb, b", expand=True)
@example(before="a, b, ab", after="a, ab, b", expand=False)
def test_diff_in_batches_equals_that_of_entries(before: str, after: str, *, expand: bool) -> None:
    given = Options(expand=expand)
    rules = rules_of(before, after, given)
    assert SYNONYMS.read is not None
    had, has = (dict(SYNONYMS.read(Text(content), given, None)) for content in (before, after))
    changed = sum(had[key] != has[key] for key in had.keys() & has.keys())
    numbers = EntryCounts(len(has.keys() - had.keys()), len(had.keys() - has.keys()), changed, len(has))

    found, _, lost = count(rules)
    assert numbers == found
    assert numbers == count(rules, batch_terms=1)[0]
    assert lost_of(had, has) == pytest.approx(lost)


def lost_of(had: Entries, has: Entries) -> float:
    """Return the loss as the configuration's reference defines it."""
    return sum(
        len({*values} - {term} - {*has[term]}) / max(1, len({*values} - {term})) if term in has else 1
        for term, values in had.items()
    )


@pytest.mark.parametrize("kind", ["synonyms", "wordnet-synonyms"])
@pytest.mark.parametrize(("before", "after"), [(200, 150), (200, 90), (90, 200), (101, 99), (50, 300)])
def test_terms_of_large_groups_lose_the_share_that_is_gone(kind: str, before: int, after: int) -> None:
    """A group of more than 100 terms is compared as a whole, and a smaller one by its terms."""

    def content(size: int) -> str:
        terms = [f"t{number}" for number in range(size)]
        sets = "".join(f"s(100000001,{number},'{term}',n,1,0).\n" for number, term in enumerate(terms))
        return sets if kind == "wordnet-synonyms" else ", ".join(terms)

    had, has = (KINDS[kind].decode(content(size).encode()) for size in (before, after))
    gone = max(0, before - after)

    assert gone + (before - gone) * gone / (before - 1) == pytest.approx(
        diff_texts(KINDS[kind], had, has, Options()).lost
    )


def test_loss_of_very_many_terms_is_close_to_that_of_entries() -> None:
    contents = ["\n".join(many_rules(Random(seed), 10_000)) for seed in (1, 2)]
    assert SYNONYMS.read is not None
    had, has = (dict(SYNONYMS.read(Text(content), Options(), None)) for content in contents)

    *_, lost = count(rules_of(*contents, Options()), batch_terms=1_000)

    assert lost_of(had, has) == pytest.approx(lost, rel=0.01)


def test_batches_of_terms_with_many_outputs_are_smaller() -> None:
    wide = ", ".join(f"t{number}" for number in range(60))
    rules = rules_of(wide, f"{wide}, t60", Options())
    keys = {hash(f"t{number}") for number in range(60)}

    assert [60] == [len(some) for some in batches(rules, keys, 100)]
    assert {7, 8} == {len(some) for some in batches(rules, keys, 100, most_bytes=10_000)}
    assert [1] * 60 == [len(some) for some in batches(rules, keys, 100, most_bytes=10)]


def test_changed_term_in_very_many_lines_is_only_counted() -> None:
    lines = [f"hub, w{number}" for number in range(60_000)]
    found = diff_texts(SYNONYMS, Text("\n".join(lines)), Text("\n".join([*lines, "hub, new"])), Options())

    assert EntryCounts(1, 0, 1, 60_002) == found.entries
    assert (EntryChange("+", "new: hub"),) == found.changes


def test_all_lines_count_as_different_if_most_are() -> None:
    one = array("q", range(2 * MIN_SPLIT))

    assert (b"\1" * len(one), b"\1" * 3) == only_in_one(one, array("q", (1, 2, -1)))
    assert (b"\1\0\0", b"\0\0\1") == only_in_one(array("q", (1, 2, 3)), array("q", (2, 3, 4)))


def test_shared_hashes_of_two_large_columns_are_found() -> None:
    one, other = (array("q", range(first, first + PARTS * MIN_SPLIT + 1)) for first in (0, 7))

    assert {*range(7, PARTS * MIN_SPLIT + 1)} == shared_hashes(one, other)


def test_changes_of_the_first_lines_are_shown() -> None:
    before = Text.of("".join(f"a{number}, b{number}\n" for number in range(60_000)).encode())
    found = diff_texts(SYNONYMS, before, Text(""), Options())

    assert EntryCounts(0, 120_000, 0, 0) == found.entries
    expected = [EntryChange("-", f"a{number}, b{number}", 2) for number in range(MAX_SHOWN)]
    assert expected == [*found.changes]


def test_long_changes_are_shortened_and_all_are_counted() -> None:
    terms = [f"term number {number}" for number in range(1_000)]
    found = diff_texts(SYNONYMS, Text(""), Text(", ".join(terms)), Options())

    assert EntryCounts(1_000, 0, 0, 1_000) == found.entries
    assert all(len(change.text) == MAX_CHANGE_CHARACTERS + 1 for change in found.changes)
    assert len(found.changes) < MAX_CHARACTERS / MAX_CHANGE_CHARACTERS


@pytest.mark.parametrize(
    ("expand", "line", "has"),
    [
        (True, "of", ("e",)),
        (True, "of, of", ("e", "of")),
        (True, "of\t", ("e",)),
        (False, "of", ("e", "of")),
        (False, "of, of", ("e", "of")),
        (False, "of\t", ("e", "of")),
    ],
)
def test_single_term_is_kept_if_the_engine_keeps_it(line: str, has: tuple[str, ...], *, expand: bool) -> None:
    given = Options(expand=expand)
    before, after = Text("of => e"), Text("of => e\n", line)
    assert SYNONYMS.read is not None

    assert {"of": has} == dict(SYNONYMS.read(after, given, None))
    assert int(len(has) > 1) == diff_texts(SYNONYMS, before, after, given).entries.changed


def test_new_term_in_a_wide_rule_changes_all_its_terms() -> None:
    terms = [f"t{number}" for number in range(150)]
    found = diff_texts(SYNONYMS, Text(", ".join(terms)), Text(", ".join([*terms, "new"])), Options())

    assert EntryCounts(1, 0, 150, 151) == found.entries


def test_new_term_in_a_wide_rule_without_expand_changes_no_other() -> None:
    terms = [f"t{number}" for number in range(150)]
    before, after = Text(", ".join(terms)), Text(", ".join([*terms, "new"]))

    assert EntryCounts(1, 0, 0, 150) == diff_texts(SYNONYMS, before, after, Options(expand=False)).entries


def test_lines_are_found_by_number_in_all_blocks() -> None:
    text = Text.of(b"\n".join(b"%d" % number for number in range(1, BLOCK)))

    assert len(text.blocks) > 1
    assert [Line(str(number), number) for number in (1, 2, 50_000, BLOCK - 1)] == [
        *text.at((1, 2, 50_000, BLOCK - 1))
    ]


def test_terms_are_compared_in_lowercase_if_the_analyzer_does() -> None:
    given = Options(analyzer=Analyzer(lowercase=True))

    assert Diff(EntryCounts(0, 0, 0, 2)) == diff_texts(SYNONYMS, Text("Ab, C"), Text("c, aB"), given)
