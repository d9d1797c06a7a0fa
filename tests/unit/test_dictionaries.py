from __future__ import annotations

import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dictionary_deploy.dictionaries import KINDS, Entry, Parsed
from dictionary_deploy.dictionaries.lines import parse_commented_lines, parse_lines
from dictionary_deploy.model import Problem

FILE = "words.txt"


def test_each_line_is_an_entry_without_the_white_space_around_it() -> None:
    expected = Parsed((Entry("tv, television", "tv, television", 1), Entry("pc", "pc", 3)))

    assert expected == parse_lines(b"  tv, television\t\n\npc\n", FILE)


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"], ids=["LF", "CR LF", "CR"])
def test_lines_end_as_lucene_s_do(ending: bytes) -> None:
    assert (1, 2) == tuple(entry.line for entry in parse_lines(b"a" + ending + b"b", FILE).entries)


@pytest.mark.parametrize("separator", ["\u2028", "\x0b", "\x0c", "\x85"])
def test_a_line_ends_at_nothing_else(separator: str) -> None:
    assert 1 == len(parse_lines(f"a{separator}b".encode(), FILE).entries)


def test_a_comment_begins_in_the_first_column() -> None:
    parsed = parse_commented_lines(b"# comment\n #entry\na # b\n", FILE)

    assert ["#entry", "a # b"] == [entry.text for entry in parsed.entries]


def test_a_kind_without_comments_takes_every_line() -> None:
    assert ["# word"] == [entry.text for entry in parse_lines(b"# word\n", FILE).entries]


def test_an_empty_file_has_no_entries_and_no_problems() -> None:
    assert Parsed(()) == parse_lines(b"", FILE)


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"], ids=["LF", "CR LF", "CR"])
def test_a_byte_that_is_not_utf_8_is_told_with_its_line_and_column(ending: bytes) -> None:
    expected = Problem(
        rule="not-utf-8",
        severity="error",
        file=FILE,
        line=2,
        column=4,
        message="The byte 0xe9 is not UTF-8: save the file as UTF-8, or name its kind `binary`.",
    )

    assert Parsed((), (expected,)) == parse_lines(b"tea" + ending + b"caf\xe9", FILE)


def test_the_column_of_the_first_line_counts_from_one() -> None:
    [problem] = parse_lines(b"\xff", FILE).problems

    assert (1, 1) == (problem.line, problem.column)


def test_the_kinds_are_those_of_the_configuration_s_schema() -> None:
    schema = json.loads(files("dictionary_deploy").joinpath("dictionaries.schema.json").read_text("utf-8"))
    kinds = schema["$defs"]["dictionary"]["properties"]["kind"]["enum"]

    assert sorted(kinds) == sorted(KINDS)


def test_every_kind_is_found_by_its_own_name() -> None:
    assert {name: name for name in KINDS} == {name: kind.name for name, kind in KINDS.items()}


def test_compiled_kinds_are_binary_and_all_others_are_read() -> None:
    assert {"binary", "sudachi"} == {kind.name for kind in KINDS.values() if kind.is_binary}


@given(data=st.binary(max_size=200))
@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.parse])
def test_reading_never_raises_and_gives_entries_or_a_problem_but_not_both(name: str, data: bytes) -> None:
    parse = KINDS[name].parse
    assert parse is not None
    parsed = parse(data, FILE)

    assert not (parsed.entries and parsed.problems)
    assert all(entry.key and entry.line >= 1 for entry in parsed.entries)
