from __future__ import annotations

import pytest

from dictionary_deploy.decide import History, read_history
from tests.unit.situation import A, B, C, history, package


def history_of(*entries: str, available: str = "") -> History:
    """What the history says of C; the last version is the available one, unless said otherwise."""
    versions = history(*entries)
    return read_history(package(available or versions[-1].name), versions, C)


def test_deployed_commit_is_that_of_the_available_version() -> None:
    assert A == history_of(f"v1:{A}", f"v2:{B}", available="v1").deployed


def test_version_with_the_commit_is_deployed_once_available() -> None:
    assert not history_of(f"v1:{A}", f"v2:{C}", available="v1").is_deployed
    assert history_of(f"v1:{A}", f"v2:{C}", available="v2").is_deployed


def test_available_version_with_the_commit_is_ours() -> None:
    assert history(f"v2:{C}")[0] == history_of(f"v1:{A}", f"v2:{C}", f"v3:{C}", available="v2").ours


def test_newest_version_with_the_commit_is_ours() -> None:
    assert history(f"v3:{C}")[0] == history_of(f"v1:{A}", f"v2:{C}", f"v3:{C}", f"v4:{B}").ours


def test_base_of_a_manual_version_is_the_last_commit() -> None:
    read = history_of(f"v1:{A}", f"v2:{B}", "v3:from the console")

    assert (B, "") == (read.base, read.deployed)


def test_unavailable_versions_are_not_previous() -> None:
    read = history_of("v1:", f"v2:{A}", available="v1")

    assert ("", True) == (read.base, read.is_adopted)


def test_package_without_an_earlier_commit_is_adopted() -> None:
    assert history_of("v1:", "v2:by hand").is_adopted
    assert history_of("v1:", "v2:by hand", f"v3:{C}").is_adopted
    assert not history_of("v1:", f"v2:{A}", f"v3:{C}").is_adopted


def test_previous_version_is_equal_before_and_after_the_update() -> None:
    before, after = history_of("v1:", f"v2:{A}"), history_of("v1:", f"v2:{A}", f"v3:{C}")

    assert history(f"v2:{A}")[0] == before.previous == after.previous


def test_first_version_has_no_previous_version() -> None:
    assert None is history_of(f"v1:{C}").previous


def test_commit_is_replaced_once_another_commit_is_available() -> None:
    assert history_of(f"v1:{C}", f"v2:{A}").is_replaced
    assert not history_of(f"v1:{C}", f"v2:{A}", available="v1").is_replaced
    assert not history_of(f"v1:{C}", "v2:by hand").is_replaced
    assert not history_of(f"v1:{A}").is_replaced


def test_entries_are_compared_with_the_last_earlier_commit() -> None:
    assert B == history_of(f"v1:{A}", f"v2:{B}").compared
    assert B == history_of(f"v1:{A}", f"v2:{B}", f"v3:{C}").compared
    assert B == history_of(f"v1:{A}", f"v2:{B}", "v3:by hand").compared
    assert B == history_of(f"v1:{A}", f"v2:{B}", f"v3:{C}", "v4:by hand").compared
    assert "" == history_of("v1:", f"v2:{C}").compared


def test_replaced_version_is_never_of_the_same_commit() -> None:
    read = history_of(f"v1:{A}", f"v2:{C}", f"v3:{B}", f"v4:{C}", f"v5:{C}")

    assert (history(f"v3:{B}")[0], B) == (read.previous, read.compared)


@pytest.mark.parametrize("entries", [(), ("v1:",)], ids=["no history", "a late history"])
def test_history_without_the_available_version_is_unknown(entries: tuple[str, ...]) -> None:
    read = read_history(package("v2"), history(*entries), C)

    assert (None, "", 0) == (read.available, read.deployed, read.available_number)
    assert not read.is_deployed


def test_package_without_an_available_version_has_no_previous_one() -> None:
    read = read_history(package(""), history("v1:"), C)

    assert (None, None, 0) == (read.available, read.previous, read.available_number)


def test_failed_copy_of_the_commit_is_not_the_replaced_version() -> None:
    before = history_of("v1:", f"v2:{C}", available="v1")
    after = history_of("v1:", f"v2:{C}", f"v3:{C}")

    assert (before.previous, before.is_adopted) == (after.previous, after.is_adopted)
