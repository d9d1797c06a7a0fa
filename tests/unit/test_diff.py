from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dictionary_deploy.dictionaries import Entry
from dictionary_deploy.diff import diff_entries
from dictionary_deploy.model import Diff, Entries, EntryChange

words = st.lists(st.sampled_from("abcdefgh"), max_size=8)


def entries(*texts: str) -> list[Entry]:
    return [Entry(text, text, line) for line, text in enumerate(texts, start=1)]


def test_entries_that_are_new_are_added_and_entries_that_are_gone_are_removed() -> None:
    expected = Diff(Entries(1, 1, 0, 2), (EntryChange("-", "old"), EntryChange("+", "new")))

    assert expected == diff_entries(entries("kept", "old"), entries("kept", "new"))


def test_order_and_duplicates_are_no_changes() -> None:
    assert Diff(Entries(0, 0, 0, 2)) == diff_entries(entries("a", "b"), entries("b", "a", "b"))


def test_entries_are_the_same_by_key_and_shown_as_people_write_them() -> None:
    before, after = [Entry("tv", "TV", 1)], [Entry("tv", "tv", 1), Entry("pc", "PC", 2)]

    assert (EntryChange("+", "PC"),) == diff_entries(before, after).changes


def test_without_anything_to_compare_with_only_the_total_is_known() -> None:
    assert Diff(Entries(0, 0, 0, 2), available=False) == diff_entries(None, entries("a", "b", "b"))


def test_an_empty_file_before_is_something_to_compare_with() -> None:
    assert Diff(Entries(1, 0, 0, 1), (EntryChange("+", "a"),)) == diff_entries([], entries("a"))


@given(before=words, after=words)
def test_what_was_there_less_the_removed_and_with_the_added_is_what_is_there(
    before: list[str], after: list[str]
) -> None:
    diff = diff_entries(entries(*before), entries(*after))
    signed = {sign: {change.text for change in diff.changes if change.sign == sign} for sign in "+-"}

    assert set(after) == (set(before) - signed["-"]) | signed["+"]
    assert (len(signed["+"]), len(signed["-"])) == (diff.entries.added, diff.entries.removed)
    assert len(set(after)) == diff.entries.total
    assert not signed["+"] & signed["-"]


@given(before=words, after=words)
def test_the_way_back_removes_what_the_way_there_added(before: list[str], after: list[str]) -> None:
    there = diff_entries(entries(*before), entries(*after)).entries
    back = diff_entries(entries(*after), entries(*before)).entries

    assert (there.added, there.removed) == (back.removed, back.added)
