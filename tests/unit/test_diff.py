from __future__ import annotations

from dictionary_deploy.dictionaries import KINDS, Options, Text
from dictionary_deploy.diff import diff_texts
from dictionary_deploy.model import Diff, Entries, EntryChange

WORDS = KINDS["stopwords"]


def diff(before: str | None, after: str) -> Diff:
    return diff_texts(WORDS, None if before is None else Text(before), Text(after), Options())


def test_entries_that_are_new_are_added_and_entries_that_are_gone_are_removed() -> None:
    expected = Diff(Entries(1, 1, 0, 2), (EntryChange("-", "old"), EntryChange("+", "new")))

    assert expected == diff("kept\nold\n", "kept\nnew\n")


def test_order_and_duplicates_are_no_changes() -> None:
    assert Diff(Entries(0, 0, 0, 2)) == diff("a\nb\n", "b\na\nb\n")


def test_comments_blank_lines_and_spacing_are_no_changes() -> None:
    assert Diff(Entries(0, 0, 0, 2)) == diff("# old\na\nb", " a\t\n\n# new\nb\n")


def test_without_a_before_only_the_total_is_known() -> None:
    assert Diff(Entries(0, 0, 0, 2), available=False) == diff(None, "a\nb\n")
