from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import BinaryIO

import pytest

from dictionary_deploy.decide import Refuse, Review
from dictionary_deploy.dictionaries import KINDS
from dictionary_deploy.dictionaries.review import (
    ALLOW_EMPTY,
    ALLOW_SHRINK,
    MAX_READ_BYTES,
    is_read_whole,
    review,
)
from dictionary_deploy.model import (
    Content,
    Dictionary,
    Diff,
    EntryChange,
    EntryCounts,
    Expectation,
    Problem,
)
from tests.unit.situation import DICTIONARY, FILE

WORDS = replace(DICTIONARY, kind="stopwords")
BINARY = replace(DICTIONARY, kind="sudachi")


@dataclass(frozen=True)
class Source:
    """A dictionary's file in memory; `size` may differ from its length."""

    data: bytes
    size: int

    @property
    def content(self) -> Content:
        return Content("", self.size)

    @property
    def handle(self) -> BinaryIO:
        return io.BytesIO(self.data)

    def read(self) -> bytes:
        return self.data


def lines(count: int) -> bytes:
    return b"".join(b"word-%d\n" % number for number in range(count))


def invalid(message: str, remedy: str) -> Refuse:
    return Refuse("invalid-dictionary", message, remedy)


def reviewed(
    after: bytes, before: bytes | None = None, dictionary: Dictionary = WORDS, *, is_rollback: bool = False
) -> Review:
    return review(dictionary, Source(after, len(after)), before, is_rollback=is_rollback)


def test_valid_change_has_a_diff_and_no_veto() -> None:
    diff = Diff(EntryCounts(1, 1, 0, 2), (EntryChange("-", "the"), EntryChange("+", "an")), lost=1.0)

    assert Review(diff) == reviewed(b"a\nan\n", b"the\na\n")


def test_without_a_deployed_file_only_the_total_is_available() -> None:
    assert Review(Diff(EntryCounts(0, 0, 0, 2), available=False)) == reviewed(b"a\nan\n")


def test_error_in_the_file_is_a_veto_with_its_line() -> None:
    found = reviewed(b"a\ncaf\xe9\n")

    assert ["not-utf-8"] == [problem.rule for problem in found.problems]
    assert str(found.veto).startswith(f"{FILE}:2: Byte 0xe9 is not UTF-8")
    assert str(found.veto).endswith("Fix the file. The live version stays live.")


def test_ignored_rule_reports_no_problem() -> None:
    ignoring = replace(WORDS, ignore=("not-utf-8",), allow_empty=True)
    found = reviewed(b"caf\xe9\n", dictionary=ignoring)

    assert ((), None) == (found.problems, found.veto)


@pytest.mark.parametrize("data", [b"", b"\n \n", b"# only a comment\n"], ids=["no bytes", "blank", "comment"])
def test_file_without_entries_is_vetoed_unless_allowed(data: bytes) -> None:
    assert invalid(f"{FILE} has no entries.", ALLOW_EMPTY) == reviewed(data).veto
    assert reviewed(data, dictionary=replace(WORDS, allow_empty=True)).veto is None


def test_veto_of_lines_without_entries_questions_the_kind() -> None:
    vetoed = reviewed(b"the\na\n", dictionary=replace(WORDS, kind="synonyms"))

    assert f"Check that `kind: synonyms` is right. {ALLOW_EMPTY}" in str(vetoed.veto)


def test_empty_binary_file_is_vetoed_unless_allowed() -> None:
    vetoed = reviewed(b"", dictionary=BINARY)

    assert Review(veto=invalid(f"{FILE} is empty.", ALLOW_EMPTY)) == vetoed
    assert Review() == reviewed(b"", dictionary=replace(BINARY, allow_empty=True))


def test_binary_file_is_not_compared() -> None:
    assert Review() == reviewed(b"\xff\xfe", b"\x00", BINARY)


def test_file_above_the_size_limit_is_not_read() -> None:
    assert Review() == review(WORDS, Source(b"caf\xe9", MAX_READ_BYTES + 1), b"")
    assert review(WORDS, Source(b"caf\xe9", MAX_READ_BYTES), b"").veto


@pytest.mark.parametrize(
    ("dictionary", "size", "is_read"),
    [(WORDS, MAX_READ_BYTES, True), (WORDS, MAX_READ_BYTES + 1, False), (BINARY, 1, False)],
)
def test_text_up_to_the_size_limit_is_read_whole(dictionary: Dictionary, size: int, *, is_read: bool) -> None:
    assert is_read == is_read_whole(dictionary, size)


HYPHENATION = "<hyphenation-info><classes>a</classes><patterns>a1</patterns></hyphenation-info>"
VALID = {
    "wordnet-synonyms": "s(100000001,1,'woods',n,1,0).\ns(100000001,2,'wood',n,1,0).\n",
    "hyphenation-patterns": HYPHENATION,
    "kuromoji-user-dictionary": "東京,東京,トウキョウ,名詞\n",
    "nori-user-dictionary": "세종시 세종 시\n",
}


@pytest.mark.parametrize("name", KINDS)
def test_valid_file_of_each_kind_has_no_veto(name: str) -> None:
    content = VALID.get(name, "a => ALPHA\n").encode()

    assert reviewed(content, b"a => DIGIT\n", replace(DICTIONARY, kind=name)).veto is None


# ---------------------------------------------------------------- max-shrink


@pytest.mark.parametrize(
    ("before", "after", "max_shrink", "is_vetoed"),
    [
        (20, 10, 50, False),
        (20, 9, 50, True),
        (19, 1, 50, False),
        (20, 1, 95, False),
        (20, 1, 100, False),
        (20, 19, 0, True),
        (20, 40, 0, False),
    ],
)
def test_max_shrink_applies_from_twenty_entries(
    before: int, after: int, max_shrink: int, *, is_vetoed: bool
) -> None:
    found = reviewed(lines(after), lines(before), replace(WORDS, max_shrink=max_shrink))

    assert is_vetoed == bool(found.veto)


def test_veto_for_shrinking_has_both_numbers_and_the_setting() -> None:
    found = reviewed(lines(2), lines(30))

    message = (
        f"{FILE} would lose 93.4 percent of its 30 deployed entries (28 removed, 0 changed), more than"
        " `max-shrink: 50` allows."
    )
    assert invalid(message, f"{ALLOW_SHRINK} `shrink-to: 2`") == found.veto


@pytest.mark.parametrize(("shrink_to", "is_vetoed"), [(2, False), (1, True), (3, True), (None, True)])
def test_shrink_to_allows_exactly_its_number_of_entries(shrink_to: int | None, *, is_vetoed: bool) -> None:
    found = reviewed(lines(2), lines(30), replace(WORDS, shrink_to=shrink_to))

    assert is_vetoed == bool(found.veto)


def test_loss_that_shrink_to_allows_is_a_warning() -> None:
    """The line may be left from an earlier change to the same number of entries."""
    after = lines(100).replace(b"word", b"term")

    found = reviewed(after, lines(100), replace(WORDS, shrink_to=100))

    [problem] = found.problems
    assert ("max-shrink", "warning") == (problem.rule, problem.severity)
    assert "would lose 100 percent of its 100 deployed entries" in problem.message
    assert problem.message.endswith("`shrink-to: 100` allows it. Remove the line after the deploy.")


def test_shrink_to_without_a_loss_has_no_warning() -> None:
    assert () == reviewed(lines(30), lines(30), replace(WORDS, shrink_to=30)).problems


def test_replaced_entries_are_lost() -> None:
    found = reviewed(lines(100).replace(b"word", b"term"), lines(100), replace(WORDS, max_shrink=99))

    assert "would lose 100 percent of its 100 deployed entries" in str(found.veto)


@pytest.mark.parametrize(("max_shrink", "is_vetoed"), [(97, True), (98, False)])
def test_values_that_terms_lose_are_lost(max_shrink: int, *, is_vetoed: bool) -> None:
    """Each of 20 terms keeps one of its 50 synonyms."""
    before = "".join(f"t{n} => {', '.join(f't{n}s{m}' for m in range(50))}\n" for n in range(20))
    after = "".join(f"t{n} => t{n}s0\n" for n in range(20))
    dictionary = replace(DICTIONARY, max_shrink=max_shrink)

    assert is_vetoed == bool(reviewed(after.encode(), before.encode(), dictionary).veto)


def test_duplicates_count_once_for_max_shrink() -> None:
    assert reviewed(lines(20), lines(20) * 3).veto is None


def test_file_without_a_deployed_version_cannot_shrink() -> None:
    assert reviewed(lines(1), None).veto is None


def test_rollback_may_shrink_a_file() -> None:
    assert reviewed(lines(1), lines(30), is_rollback=True).veto is None


@pytest.mark.parametrize(
    ("after", "rule"), [(b"caf\xe9\n", "not-utf-8"), (b"", "allow-empty")], ids=["not UTF-8", "no entries"]
)
def test_rollback_to_an_invalid_file_has_a_warning(after: bytes, rule: str) -> None:
    assert reviewed(after).veto

    found = reviewed(after, is_rollback=True)

    assert found.veto is None
    assert [(rule, "warning")] == [(each.rule, each.severity) for each in found.problems]


def test_rollback_that_shrinks_a_file_has_a_warning() -> None:
    found = reviewed(lines(1), lines(30), is_rollback=True)

    message = (
        f"{FILE} would lose 96.7 percent of its 30 deployed entries (29 removed, 0 changed), more than"
        " `max-shrink: 50` allows."
    )
    assert ((Problem("max-shrink", "warning", FILE, 1, message),), None) == (found.problems, found.veto)


def test_rollback_within_max_shrink_has_no_warning() -> None:
    assert () == reviewed(lines(15), lines(30), is_rollback=True).problems


def test_vetoed_shrinking_has_no_additional_warning() -> None:
    assert () == reviewed(lines(1), lines(30)).problems


def test_undecodable_file_has_no_diff() -> None:
    found = reviewed(b"caf\xe9\n", lines(30))

    assert found.diff is None
    assert ["error"] == [problem.severity for problem in found.problems]
    assert "0xe9" in str(found.veto)


def test_undecodable_deployed_file_is_not_compared() -> None:
    assert Review(Diff(EntryCounts(0, 0, 0, 1), available=False)) == reviewed(b"a\n", b"caf\xe9\n")


def test_undecodable_file_with_ignored_rule_has_no_veto() -> None:
    assert Review() == reviewed(b"caf\xe9\n", dictionary=replace(WORDS, ignore=("not-utf-8",)))


# ---------------------------------------------------------------- compiled dictionaries


def test_beginning_of_a_compiled_dictionary_is_validated() -> None:
    found = reviewed(b"surface,1,1,5000\n", None, replace(DICTIONARY, kind="sudachi"))

    assert "Sudachi loads compiled dictionaries" in str(found.veto)
    assert ["sudachi-source"] == [problem.rule for problem in found.problems]
    ignoring = replace(DICTIONARY, kind="sudachi", ignore=("sudachi-source",))
    assert reviewed(b"surface,1\n", None, ignoring).veto is None


# ---------------------------------------------------------------- expectations

NOTEBOOK = Expectation("laptop", ("notebook",), (), ".github/dictionaries.yml", 9)
EXPECTING = replace(DICTIONARY, expect=(NOTEBOOK,))
NOT_FOUND = "A search for `laptop` does not find `notebook`. Fix the file or the expectation."


def test_broken_expectation_is_a_veto_with_its_line() -> None:
    found = reviewed(b"laptop, tablet\n", dictionary=EXPECTING)

    assert [(9, NOT_FOUND)] == [(problem.line, problem.message) for problem in found.problems]
    message = f".github/dictionaries.yml:9: {NOT_FOUND}"
    assert invalid(message, "The live version stays live.") == found.veto


def test_expectation_that_a_file_meets_is_no_problem() -> None:
    assert ((), None) == (
        (found := reviewed(b"laptop, notebook\n", dictionary=EXPECTING)).problems,
        found.veto,
    )


def test_file_with_errors_is_not_compared_with_expectations() -> None:
    found = reviewed(b"laptop, , tablet\n", dictionary=EXPECTING)

    assert ["empty-term"] == [problem.rule for problem in found.problems]


def test_broken_expectation_does_not_stop_a_rollback() -> None:
    found = reviewed(b"laptop, tablet\n", dictionary=EXPECTING, is_rollback=True)

    assert ["warning"] == [problem.severity for problem in found.problems]
    assert found.veto is None


def test_expectations_of_a_huge_file_are_reported_as_not_checked() -> None:
    found = review(EXPECTING, Source(b"laptop, tablet\n", MAX_READ_BYTES + 1), None)

    message = "`expect` is not checked before the deploy: the file is over 64 MiB."
    assert [("warning", message)] == [(problem.severity, problem.message) for problem in found.problems]
