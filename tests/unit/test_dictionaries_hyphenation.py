"""Hyphenation patterns that Lucene's tree cannot store; `make lucene` compares many more with Lucene."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest

from dictionary_deploy.dictionaries import KINDS, Options, validate
from dictionary_deploy.dictionaries.lucene.ternary_tree import (
    MAX_NUMBERS,
    fails_to_compact,
    in_balanced_order,
    tree_of,
)


def findings(patterns: Sequence[str]) -> list[str]:
    data = (
        f"<hyphenation-info><classes>aA</classes><patterns>{' '.join(patterns)}</patterns></hyphenation-info>"
    )
    problems, _ = validate(KINDS["hyphenation-patterns"], data.encode(), "file.xml", Options())
    return [problem.message.partition(":")[2].partition(".")[0] for problem in problems]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["a" * 200_000 + "1"], []),
        ([f"{letter * 40_000}1" for letter in "abc"], [" it mixes them up"]),
        (["a" * 60_000 + "1", "b1" * 30_000], []),
        ([f"ab{digit}c" * 9_000 for digit in range(5)], [" it mixes them up"]),
        ([f"ab{digit}c" * 700 for digit in range(5)], []),
        (["".join(each) + "1" for each in product("abc", repeat=6)], []),
    ],
)
def test_patterns_without_room_are_flagged(patterns: Sequence[str], expected: list[str]) -> None:
    assert expected == findings(patterns)


def test_nodes_and_characters_are_those_of_lucene() -> None:
    tree = tree_of(["abc", "abd", "ab", "b", "b", "", "abc"])

    assert (10, 8) == (tree.nodes, tree.characters)
    assert ["d"] == [*tree.tails()]


def test_keys_are_inserted_from_the_middle() -> None:
    assert ["c", "b", "a", "d"] == [*in_balanced_order(["d", "c", "b", "a", "b"])]
    assert ["\U00010000", "\uffff"] == [*reversed([*in_balanced_order(["\uffff", "\U00010000"])])]


def test_tree_stops_when_it_takes_too_long() -> None:
    keys = [chr(code) * 2 for code in range(0x4E00, 0x5600)]
    tree = tree_of(keys, max_steps=1000)

    assert tree.nodes < 100 < MAX_NUMBERS
    assert not fails_to_compact(tree_of(in_balanced_order(keys)), max_steps=10)
