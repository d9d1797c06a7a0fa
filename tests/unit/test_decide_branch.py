"""What the branch says: tip, order, rollback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from dictionary_deploy.decide import (
    Done,
    Look,
    Refuse,
    Step,
    Upload,
    Wanted,
)
from dictionary_deploy.model import Place, Standing
from tests.unit.situation import (
    BY_ORDER,
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
    outcome,
)

OVER_A = ("v1:", f"v2:{A}")
OVER_D = ("v1:", f"v2:{D}")
CONTENTS = {A: "old", B: "new", D: "old"}
WRITES = Upload(may_replace=True)


# ---------------------------------------------------------------- the tip decides


@pytest.mark.parametrize("place", ["tip", "same"])
def test_content_that_the_branch_still_has_is_deployed(place: Place) -> None:
    assert WRITES == decide(*OVER_A, contents=CONTENTS, standing=branch(place, tip=D))


def test_file_changed_on_the_branch_is_left_to_the_tip() -> None:
    step = decide(*OVER_A, contents=CONTENTS, standing=branch("moved", tip=E))

    assert Done("superseded", f"The file differs at the branch's tip (commit {E[:12]}).") == step


def test_newer_commit_is_not_replaced_even_with_the_tip_file() -> None:
    step = decide(*OVER_D, contents=CONTENTS, standing=branch("same", tip=E))

    assert Done("superseded", f"The deployed commit {D[:12]} is not older than this one.") == step


def test_deployed_commit_lost_by_the_branch_is_not_newer() -> None:
    assert WRITES == decide(*OVER_D, contents=CONTENTS, standing=branch("same", tip=E, without=[D]))


def test_commit_off_the_branch_is_refused() -> None:
    assert "wrong-branch" == outcome(decide(*OVER_A, contents=CONTENTS, standing=branch("off-branch")))


def test_missing_response_writes_nothing() -> None:
    unknown = decide(*OVER_A, contents=CONTENTS, standing=branch("unknown"))
    not_named = decide(*OVER_A, contents=CONTENTS, standing=replace(branch(), files={}))

    assert ("github-failed", "github-failed") == (outcome(unknown), outcome(not_named))


def test_uploaded_file_is_not_deployed_after_the_branch_moves() -> None:
    step = decide(*OVER_A, contents=CONTENTS, attempt=UPLOADED, standing=branch("moved", tip=E))

    assert "superseded" == outcome(step)


# ---------------------------------------------------------------- files git does not track, tags


def test_tip_deploys_an_untracked_file() -> None:
    assert WRITES == decide(*OVER_D, contents=CONTENTS, standing=branch("tip"))


def test_untracked_file_follows_the_order_of_commits() -> None:
    standing = branch("untracked", tip=E)

    assert WRITES == decide("v1:", standing=standing)
    assert WRITES == decide(*OVER_A, contents=CONTENTS, standing=standing)
    assert "superseded" == outcome(decide(*OVER_D, contents=CONTENTS, standing=standing))


def test_untracked_file_is_superseded_if_the_tip_tracks_it() -> None:
    standing = branch("untracked", tip=E, blob="blob")

    step = decide(*OVER_A, contents=CONTENTS, standing=standing)

    assert Done("superseded", f"The branch's tip (commit {E[:12]}) has the file in git.") == step
    assert WRITES == decide(*OVER_A, wanted=BY_ORDER, contents=CONTENTS, standing=standing)


@pytest.mark.parametrize("without", [[A], [C]], ids=["the deployed commit", "this commit"])
def test_untracked_file_of_unknown_order_is_refused(without: list[str]) -> None:
    step = decide(*OVER_A, contents=CONTENTS, standing=branch("untracked", tip=E, without=without))

    assert "wrong-branch" == outcome(step)


@pytest.mark.parametrize("place", ["same", "moved", "untracked"])
def test_tag_follows_the_order_of_commits(place: Place) -> None:
    standing = branch(place, tip=E)

    assert WRITES == decide("v1:", wanted=BY_ORDER, standing=standing)
    assert WRITES == decide(*OVER_A, wanted=BY_ORDER, contents=CONTENTS, standing=standing)
    assert "superseded" == outcome(decide(*OVER_D, wanted=BY_ORDER, contents=CONTENTS, standing=standing))


def test_tag_off_the_branch_is_refused() -> None:
    standing = branch("moved", tip=E, without=[C])

    assert "wrong-branch" == outcome(decide("v1:", wanted=BY_ORDER, standing=standing))


def test_tag_over_a_commit_off_the_branch_is_refused() -> None:
    step = decide(*OVER_A, wanted=BY_ORDER, contents=CONTENTS, standing=branch("moved", tip=E, without=[A]))

    assert "wrong-branch" == outcome(step)


@pytest.mark.parametrize("place", ["same", "untracked"])
def test_older_commit_does_not_replace_a_manual_version(place: Place) -> None:
    step = decide(*OVER_D, "v3:by hand", contents=CONTENTS, standing=branch(place, tip=E))

    assert "superseded" == outcome(step)


def test_ambiguous_order_of_two_commits_is_queried() -> None:
    def step(place: Place, entries: Sequence[str], tip: str = E) -> Step:
        return decide(*entries, contents=CONTENTS, standing=branch(place, tip=tip), order={})

    assert Look("order", C, A) == step("same", OVER_A)
    assert Look("order", C, A) == step("untracked", OVER_A)
    assert Look("order", D, C) == step("untracked", OVER_D)
    assert "superseded" == outcome(step("same", OVER_D))
    assert "superseded" == outcome(step("untracked", OVER_D, tip=D))
    assert WRITES == step("tip", OVER_A, tip=C)


def test_tip_file_over_a_separate_merge_is_left_to_the_tip() -> None:
    step = decide(*OVER_A, contents=CONTENTS, standing=branch("same", tip=E), order={(A, C): False})

    assert Done("superseded", f"The deployed commit {A[:12]} is not older than this one.") == step


@pytest.mark.parametrize(("entries", "order"), [(OVER_A, {(A, C): False}), (OVER_D, {(C, D): False})])
@pytest.mark.parametrize("wanted", [WANTED, BY_ORDER])
def test_order_of_separately_merged_commits_decides_nothing(
    entries: Sequence[str], order: Mapping[tuple[str, str], bool], wanted: Wanted
) -> None:
    step = decide(
        *entries, wanted=wanted, contents=CONTENTS, standing=branch("untracked", tip=E), order=order
    )

    assert isinstance(step, Refuse)
    assert "wrong-branch" == step.reason
    assert "are on separate side branches" in step.message


def test_commits_of_unknown_order_are_named() -> None:
    def refusal(*without: str) -> str:
        standing = branch("untracked", tip=E, without=without)
        step = decide(*OVER_A, contents=CONTENTS, standing=standing)
        assert isinstance(step, Refuse)
        return step.message

    assert refusal(A).startswith(f"Not on the branch: {A[:12]}.")
    assert refusal(C).startswith(f"Not on the branch: {C[:12]}.")
    assert refusal(A, C).startswith(f"Not on the branch: {A[:12]} and {C[:12]}.")


# ---------------------------------------------------------------- what the branch is asked about


@pytest.mark.parametrize("entries", [OVER_A, (*OVER_A, "v3:by hand")], ids=["available", "under one by hand"])
def test_branch_is_queried_about_the_last_deployed_commit(entries: tuple[str, ...]) -> None:
    assert Look("standing", A) == decide(*entries, contents=CONTENTS, standing=None)
    assert Look("standing", A) == decide(*entries, contents=CONTENTS, standing=branch(unasked=[A]))


# ---------------------------------------------------------------- rollback


@pytest.mark.parametrize("place", ["tip", "same", "moved", "untracked"])
def test_rollback_deploys_its_commit_after_the_branch_moves(place: Place) -> None:
    standing = branch(place, tip=E)

    assert WRITES == decide(*OVER_D, wanted=ROLLBACK, contents=CONTENTS, standing=standing)


def test_rollback_deploys_its_commit_again_over_a_newer_one() -> None:
    step = decide(
        "v1:", f"v2:{C}", f"v3:{D}", wanted=ROLLBACK, contents=CONTENTS, standing=branch("moved", tip=E)
    )

    assert Upload(may_replace=False) == step


@pytest.mark.parametrize("standing", [branch("off-branch", tip=E), branch("moved", tip=E, without=[C])])
def test_rollback_is_limited_to_commits_of_the_branch(standing: Standing) -> None:
    assert "wrong-branch" == outcome(decide(*OVER_D, wanted=ROLLBACK, contents=CONTENTS, standing=standing))


def test_changed_configuration_leaves_content_to_the_tip() -> None:
    # It may be another file that the tip's configuration gives to this package.
    step = decide(*OVER_A, contents=CONTENTS, standing=branch("same", tip=E, config="moved"))

    assert "superseded" == outcome(step)
