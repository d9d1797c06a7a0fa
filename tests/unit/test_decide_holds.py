"""Rollbacks on record: when one is written, what it holds, and what ends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from dictionary_deploy.decide import Associate, Done, Look, Record, Step, Update, Upload, Wait
from dictionary_deploy.decide.holds import MAX_AGE_SECONDS
from dictionary_deploy.model import Holds, Place, Rollback
from tests.unit.situation import (
    BLOB,
    BY_ORDER,
    DICTIONARY,
    EARLIER_BLOB,
    ROLLBACK,
    UPLOADED,
    WANTED,
    A,
    B,
    C,
    D,
    E,
    branch,
    decide,
    decide_without_package,
    domain,
    on_record,
    outcome,
    rolled_back,
)

HELD = on_record(rolled_back())
HELD_BY_AN_EARLIER_FILE = on_record(rolled_back(EARLIER_BLOB))
BACK_AT_A = (f"v1:{A}", f"v2:{B}", f"v3:{A}")
OLD = {A: "old", B: "new"}
UNTRACKED = branch("tip", blob="")


# ---------------------------------------------------------------- what is held


def test_held_file_names_the_run_the_time_and_both_commits() -> None:
    step = decide(*BACK_AT_A, contents=OLD, holds=HELD)

    message = (
        f"Rolled back from commit {B[:12]} to commit {A[:12]} by run 7 at 2026-01-02T00:00:00.000Z."
        " Deploys skip the file until it changes."
    )
    assert Done("held", message) == step


def test_held_file_with_an_unknown_commit_before_names_the_other() -> None:
    step = decide(*BACK_AT_A, contents=OLD, holds=on_record(rolled_back(from_commit="")))

    assert isinstance(step, Done)
    assert step.message.startswith(f"Rolled back to commit {A[:12]} by run 7")


@pytest.mark.parametrize(
    "entries",
    [
        BACK_AT_A,
        (*BACK_AT_A, "v4:by hand"),
        (f"v1:{A}",),
        (f"v1:{A}", f"v2:{C}", f"v3:{A}"),
        (f"v1:{D}",),
        ("v1:by hand",),
        (),
    ],
    ids=["done", "under one by hand", "unfinished", "a rerun", "of a lost commit", "adopted", "no version"],
)
def test_recorded_file_is_held_for_any_available_version(entries: Sequence[str]) -> None:
    assert "held" == outcome(decide(*entries, contents={A: "old", D: "old"}, holds=HELD))


def test_recorded_file_is_held_without_the_deployed_object() -> None:
    assert "held" == outcome(decide(*BACK_AT_A, contents={A: None}, holds=HELD))


def test_recorded_file_that_is_deployed_makes_no_version() -> None:
    """The rollback was killed before its UpdatePackage."""
    assert "updated" == outcome(decide(f"v1:{A}", f"v2:{C}", contents={C: "new"}, holds=HELD))
    assert "unchanged" == outcome(decide(f"v1:{A}", f"v2:{B}", contents=OLD, holds=HELD))


@pytest.mark.parametrize("place", ["tip", "same"])
def test_commit_with_the_recorded_file_is_held(place: Place) -> None:
    entries, standing = (f"v1:{A}", f"v2:{C}", f"v3:{A}"), branch(place, tip=E if place == "same" else C)

    assert "held" == outcome(decide(*entries, contents=OLD, standing=standing, holds=HELD))


def test_stale_commit_is_superseded_rather_than_held() -> None:
    step = decide(*BACK_AT_A, contents=OLD, standing=branch("moved", tip=E), holds=HELD)

    assert "superseded" == outcome(step)


def test_rollback_of_another_package_holds_nothing() -> None:
    holds = Holds({"F2": rolled_back()})

    assert Upload(may_replace=True) == decide(*BACK_AT_A, contents=OLD, holds=holds)


def test_record_is_read_first() -> None:
    assert Look("holds") == decide(*BACK_AT_A, contents=OLD, holds=None)
    assert Look("holds") == decide(f"v1:{C}", contents={C: "new"}, holds=None)


def test_domains_behind_get_the_version_rolled_back_to() -> None:
    wanted = replace(WANTED, dictionary=replace(DICTIONARY, domains=("search",)))

    def step(version: str, status: str = "ACTIVE") -> Step:
        domains = [domain("search", version, status)]
        return decide(*BACK_AT_A, wanted=wanted, contents=OLD, domains=domains, holds=HELD)

    held = step("v3")
    assert "held" == outcome(held)
    assert Associate(("search",), file_result=held) == step("v2")
    assert Wait("v3 is being associated with search", file_result=held) == step("v2", "ASSOCIATING")


def test_record_older_than_a_day_is_written_anew() -> None:
    record = rolled_back()

    assert Record(record) == decide(*BACK_AT_A, contents=OLD, holds=on_record(record, MAX_AGE_SECONDS + 1))
    assert "held" == outcome(decide(*BACK_AT_A, contents=OLD, holds=on_record(record, MAX_AGE_SECONDS)))


# ---------------------------------------------------------------- what ends a hold


@pytest.mark.parametrize(
    "entries",
    [BACK_AT_A, (f"v1:{A}", f"v2:{C}"), (f"v1:{A}", f"v2:{B}"), (f"v1:{A}", f"v2:{C}", f"v3:{D}")],
    ids=["a new version", "this version", "the same content", "forced back"],
)
def test_another_file_at_the_tip_ends_the_hold_first(entries: Sequence[str]) -> None:
    assert Record(None) == decide(
        *entries, status="COPYING", contents={**OLD, C: "new"}, holds=HELD_BY_AN_EARLIER_FILE
    )
    assert not isinstance(decide(*entries, contents={**OLD, C: "new", D: "x"}), Record)


@pytest.mark.parametrize(
    ("entries", "place", "tip"),
    [
        (BACK_AT_A, "moved", E),
        ((f"v1:{A}", f"v2:{D}"), "same", E),
        ((f"v1:{A}", f"v2:{C}", f"v3:{B}"), "same", E),
        (BACK_AT_A, "off-branch", B),
        (BACK_AT_A, "unknown", E),
    ],
    ids=["the file differs", "a newer commit", "deployed over", "off the branch", "unknown"],
)
def test_commit_that_is_not_deployed_leaves_the_record(
    entries: Sequence[str], place: Place, tip: str
) -> None:
    contents = {A: "old", B: "other", D: "other"}
    step = decide(*entries, contents=contents, standing=branch(place, tip=tip), holds=HELD_BY_AN_EARLIER_FILE)

    assert outcome(step) in {"superseded", "wrong-branch", "github-failed"}


def test_branch_is_read_before_a_hold_ends() -> None:
    read = decide(*BACK_AT_A, contents=OLD, holds=HELD_BY_AN_EARLIER_FILE, standing=None)

    assert Look("standing", A) == read


# ---------------------------------------------------------------- files git does not track, tags


@pytest.mark.parametrize("sha256", ["new", ""], ids=["the same content", "unknown content"])
def test_untracked_file_is_held_by_its_content(sha256: str) -> None:
    holds = on_record(rolled_back("", sha256))

    assert "held" == outcome(decide(*BACK_AT_A, contents={A: "old"}, standing=UNTRACKED, holds=holds))


def test_untracked_file_with_other_content_ends_the_hold() -> None:
    holds = on_record(rolled_back("", "other"))

    assert Record(None) == decide(*BACK_AT_A, contents={A: "old"}, standing=UNTRACKED, holds=holds)


def test_tag_is_held_by_its_content() -> None:
    def step(sha256: str) -> Step:
        holds = on_record(rolled_back(EARLIER_BLOB, sha256))
        standing = branch("moved", tip=E)
        return decide(*BACK_AT_A, wanted=BY_ORDER, contents={A: "old"}, standing=standing, holds=holds)

    assert "held" == outcome(step("new"))
    assert Record(None) == step("other")


# ---------------------------------------------------------------- a rollback records itself

OVER_D = ("v1:", f"v2:{D}")
AT_E = branch("moved", tip=E)


def roll_back(*entries: str, holds: Holds = Holds(), uploaded: bool = True) -> Step:  # noqa: B008 frozen
    """The step of a rollback to C, over the content of D."""
    attempt = {"attempt": UPLOADED} if uploaded else {}
    contents = {C: "new", D: "bad", A: "old"}
    return decide(
        *(entries or OVER_D), wanted=ROLLBACK, contents=contents, standing=AT_E, holds=holds, **attempt
    )


def test_rollback_is_recorded_before_its_version() -> None:
    recorded = Rollback(BLOB, "bad", D, C)

    assert Upload(may_replace=True) == roll_back(uploaded=False)
    assert Record(recorded) == roll_back()
    assert Update() == roll_back(holds=on_record(recorded))


def test_rollback_to_live_content_is_recorded_and_makes_no_version() -> None:
    """The deploy of the bad commit waits for the lock: nothing of it is live."""
    recorded = roll_back(f"v1:{A}", f"v2:{C}", uploaded=False)

    assert Record(Rollback(BLOB, "old", A, C)) == recorded
    assert isinstance(recorded, Record)
    assert "updated" == outcome(roll_back(f"v1:{A}", f"v2:{C}", holds=on_record(recorded.rollback)))
    same = decide(f"v1:{A}", wanted=ROLLBACK, contents={A: "new"}, standing=AT_E)
    assert Record(Rollback(BLOB, "new", A, C)) == same
    assert isinstance(same, Record)
    held = on_record(same.rollback)
    again = decide(f"v1:{A}", wanted=ROLLBACK, contents={A: "new"}, standing=AT_E, holds=held)
    assert "unchanged" == outcome(again)


def test_rollback_reads_the_content_that_it_leaves() -> None:
    step = decide(f"v1:{A}", f"v2:{C}", wanted=ROLLBACK, contents={C: "new"}, standing=AT_E)

    assert Look("object", A) == step


def test_rollback_without_an_object_or_version_records_unknown_content() -> None:
    lost = decide(*OVER_D, wanted=ROLLBACK, contents={D: None}, standing=AT_E, attempt=UPLOADED)
    first = decide("v1:", wanted=ROLLBACK, standing=AT_E, attempt=UPLOADED)

    assert Record(Rollback(BLOB, "", D, C)) == lost
    assert Record(Rollback(BLOB, "", "", C)) == first


def test_second_rollback_keeps_the_first_rolled_back_content() -> None:
    earlier = rolled_back(sha256="worse", from_commit=E, to=D)

    assert Record(Rollback(BLOB, "worse", E, C)) == roll_back(holds=on_record(earlier))


def test_rollback_to_the_content_rolled_back_from_records_the_one_between() -> None:
    earlier = rolled_back(sha256="new", from_commit=E, to=D)

    assert Record(Rollback(BLOB, "bad", D, C)) == roll_back(holds=on_record(earlier))


def test_rollback_after_the_file_changed_replaces_the_record() -> None:
    earlier = rolled_back(EARLIER_BLOB, "worse", E, C)

    assert Record(Rollback(BLOB, "bad", D, C)) == roll_back(holds=on_record(earlier))


@pytest.mark.parametrize("place", ["tip", "same"])
def test_rollback_to_the_tips_own_file_ends_the_hold(place: Place) -> None:
    standing = branch(place, tip=C if place == "tip" else E)

    def step(holds: Holds) -> Step:
        contents = {A: "old"}
        return decide(
            *BACK_AT_A, wanted=ROLLBACK, attempt=UPLOADED, contents=contents, standing=standing, holds=holds
        )

    assert Record(None) == step(HELD)
    assert Update() == step(Holds())


def test_rollback_of_an_untracked_file_records_its_content() -> None:
    standing = branch("untracked", tip=E)
    step = decide(*OVER_D, wanted=ROLLBACK, attempt=UPLOADED, contents={D: "bad"}, standing=standing)

    assert Record(Rollback("", "bad", D, C)) == step


@pytest.mark.parametrize("place", ["off-branch", "unknown"])
def test_rollback_that_is_refused_records_nothing(place: Place) -> None:
    standing = branch(place, tip=E)
    step = decide(f"v1:{A}", f"v2:{C}", wanted=ROLLBACK, contents={C: "new", A: "old"}, standing=standing)

    assert outcome(step) in {"wrong-branch", "github-failed"}


def test_rollback_never_creates_a_package() -> None:
    wanted = replace(ROLLBACK, dictionary=replace(DICTIONARY, create=True))

    assert "package-not-found" == outcome(decide_without_package(wanted))
