from __future__ import annotations

import pytest

from dictionary_deploy.decide import History, read_history
from tests.unit.situation import A, B, C, history, package


def history_of(*entries: str, available: str = "") -> History:
    """What the history says of C; the last version is the available one, unless said otherwise."""
    versions = history(*entries)
    return read_history(package(available or versions[-1].name), versions, C)


def test_the_deployed_commit_is_the_available_version_s() -> None:
    assert A == history_of(f"v1:{A}", f"v2:{B}", available="v1").deployed


def test_a_version_that_carries_the_commit_is_ours_and_deployed_once_it_is_available() -> None:
    assert not history_of(f"v1:{A}", f"v2:{C}", available="v1").is_deployed
    assert history_of(f"v1:{A}", f"v2:{C}", available="v2").is_deployed


def test_of_two_versions_that_carry_the_commit_the_available_one_is_ours() -> None:
    assert history(f"v2:{C}")[0] == history_of(f"v1:{A}", f"v2:{C}", f"v3:{C}", available="v2").ours


def test_of_two_versions_that_carry_the_commit_the_newest_is_ours_when_neither_is_available() -> None:
    assert history(f"v3:{C}")[0] == history_of(f"v1:{A}", f"v2:{C}", f"v3:{C}", f"v4:{B}").ours


def test_the_base_of_a_version_that_was_not_made_from_a_commit_is_the_last_commit_before_it() -> None:
    read = history_of(f"v1:{A}", f"v2:{B}", "v3:from the console")

    assert (B, "") == (read.base, read.deployed)


def test_versions_that_are_not_available_yet_are_no_past() -> None:
    read = history_of("v1:", f"v2:{A}", available="v1")

    assert ("", True) == (read.base, read.is_adopted)


def test_a_package_without_a_commit_before_ours_is_adopted_and_stays_so_afterwards() -> None:
    assert history_of("v1:", "v2:by hand").is_adopted
    assert history_of("v1:", "v2:by hand", f"v3:{C}").is_adopted
    assert not history_of("v1:", f"v2:{A}", f"v3:{C}").is_adopted


def test_the_version_before_ours_is_the_same_before_and_after_the_update() -> None:
    before, after = history_of("v1:", f"v2:{A}"), history_of("v1:", f"v2:{A}", f"v3:{C}")

    assert history(f"v2:{A}")[0] == before.previous == after.previous


def test_the_first_version_of_all_comes_after_nothing() -> None:
    assert None is history_of(f"v1:{C}").previous


def test_commit_is_replaced_once_another_commit_is_available() -> None:
    assert history_of(f"v1:{C}", f"v2:{A}").is_replaced
    assert not history_of(f"v1:{C}", f"v2:{A}", available="v1").is_replaced
    assert not history_of(f"v1:{C}", "v2:by hand").is_replaced
    assert not history_of(f"v1:{A}").is_replaced


def test_entries_are_compared_with_the_last_commit_before_the_commit_s_own_version() -> None:
    assert B == history_of(f"v1:{A}", f"v2:{B}").compared
    assert B == history_of(f"v1:{A}", f"v2:{B}", f"v3:{C}").compared
    assert B == history_of(f"v1:{A}", f"v2:{B}", "v3:by hand").compared
    assert B == history_of(f"v1:{A}", f"v2:{B}", f"v3:{C}", "v4:by hand").compared
    assert "" == history_of("v1:", f"v2:{C}").compared


def test_what_a_version_would_replace_is_never_one_of_the_commit_itself() -> None:
    read = history_of(f"v1:{A}", f"v2:{C}", f"v3:{B}", f"v4:{C}", f"v5:{C}")

    assert (history(f"v3:{B}")[0], B) == (read.previous, read.compared)


@pytest.mark.parametrize("entries", [(), ("v1:",)], ids=["no history", "a late history"])
def test_a_history_without_the_available_version_says_nothing_of_it(entries: tuple[str, ...]) -> None:
    read = read_history(package("v2"), history(*entries), C)

    assert (None, "", 0) == (read.available, read.deployed, read.available_number)
    assert not read.is_deployed


def test_a_package_without_an_available_version_has_no_past() -> None:
    read = read_history(package(""), history("v1:"), C)

    assert (None, None, 0) == (read.available, read.previous, read.available_number)


def test_a_failed_copy_of_the_same_commit_is_not_what_its_next_version_replaced() -> None:
    before = history_of("v1:", f"v2:{C}", available="v1")
    after = history_of("v1:", f"v2:{C}", f"v3:{C}")

    assert (before.previous, before.is_adopted) == (after.previous, after.is_adopted)
