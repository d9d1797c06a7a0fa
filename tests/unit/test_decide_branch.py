"""What the branch says: tip, order, rollback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from dictionary_deploy.decide import (
    MAX_STEPS_BACK,
    Associate,
    Done,
    Look,
    Refuse,
    Step,
    Upload,
    Wait,
    Wanted,
)
from dictionary_deploy.model import Place, Standing
from tests.unit.situation import (
    BY_ORDER,
    CONFIG,
    DICTIONARY,
    FILE,
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
    domain,
    outcome,
)

OVER_A = ("v1:", f"v2:{A}")
OVER_D = ("v1:", f"v2:{D}")
ROLLED_BACK = (f"v1:{A}", f"v2:{B}", f"v3:{A}")
"""B was deployed, then someone went back to A."""
ROLLED_BACK_TWICE = (f"v1:{A}", f"v2:{B}", f"v3:{C}", f"v4:{B}", f"v5:{A}")
LATER = replace(WANTED, commit=D)
CONTENTS = {A: "old", B: "new", D: "old"}
OF_EACH = {A: "oldest", B: "old", C: "new"}
WRITES = Upload(may_replace=True)


# ---------------------------------------------------------------- the tip decides


@pytest.mark.parametrize("place", ["tip", "same"])
def test_what_the_branch_still_says_is_deployed(place: Place) -> None:
    assert WRITES == decide(*OVER_A, contents=CONTENTS, standing=branch(place, tip=D))


def test_a_file_that_the_branch_has_changed_since_is_left_to_the_tip_s_own_run() -> None:
    step = decide(*OVER_A, contents=CONTENTS, standing=branch("moved", tip=E))

    assert Done("superseded", f"The file differs at the branch's tip (commit {E[:12]}).") == step


def test_a_newer_commit_is_never_replaced_by_an_older_one_even_with_the_tip_s_file() -> None:
    step = decide(*OVER_D, contents=CONTENTS, standing=branch("same", tip=E))

    assert Done("superseded", f"The deployed commit {D[:12]} is not older than this one.") == step


def test_a_deployed_commit_that_the_branch_has_lost_is_no_newer_one() -> None:
    assert WRITES == decide(*OVER_D, contents=CONTENTS, standing=branch("same", tip=E, without=[D]))


def test_a_commit_that_is_not_on_the_branch_is_refused() -> None:
    assert "wrong-branch" == outcome(decide(*OVER_A, contents=CONTENTS, standing=branch("off-branch")))


def test_without_an_answer_nothing_is_written() -> None:
    unknown = decide(*OVER_A, contents=CONTENTS, standing=branch("unknown"))
    not_named = decide(*OVER_A, contents=CONTENTS, standing=replace(branch(), files={}))

    assert ("github-failed", "github-failed") == (outcome(unknown), outcome(not_named))


def test_what_has_been_uploaded_is_not_deployed_once_the_branch_has_moved_on() -> None:
    step = decide(*OVER_A, contents=CONTENTS, attempt=UPLOADED, standing=branch("moved", tip=E))

    assert "superseded" == outcome(step)


# ---------------------------------------------------------------- files git does not track, tags


def test_the_tip_deploys_a_file_that_git_does_not_track() -> None:
    assert WRITES == decide(*OVER_D, contents=CONTENTS, standing=branch("tip"))


def test_a_file_that_git_does_not_track_goes_by_the_order_of_commits() -> None:
    standing = branch("untracked", tip=E)

    assert WRITES == decide("v1:", standing=standing)
    assert WRITES == decide(*OVER_A, contents=CONTENTS, standing=standing)
    assert "superseded" == outcome(decide(*OVER_D, contents=CONTENTS, standing=standing))


@pytest.mark.parametrize("without", [[A], [C]], ids=["the deployed commit", "this commit"])
def test_a_file_that_git_does_not_track_is_refused_when_the_order_is_not_known(without: list[str]) -> None:
    step = decide(*OVER_A, contents=CONTENTS, standing=branch("untracked", tip=E, without=without))

    assert "wrong-branch" == outcome(step)


@pytest.mark.parametrize("place", ["same", "moved", "untracked"])
def test_a_tag_goes_by_the_order_of_commits(place: Place) -> None:
    standing = branch(place, tip=E)

    assert WRITES == decide("v1:", wanted=BY_ORDER, standing=standing)
    assert WRITES == decide(*OVER_A, wanted=BY_ORDER, contents=CONTENTS, standing=standing)
    assert "superseded" == outcome(decide(*OVER_D, wanted=BY_ORDER, contents=CONTENTS, standing=standing))


def test_a_tag_that_is_not_on_the_branch_is_refused() -> None:
    standing = branch("moved", tip=E, without=[C])

    assert "wrong-branch" == outcome(decide("v1:", wanted=BY_ORDER, standing=standing))


def test_a_tag_is_refused_over_a_commit_that_is_not_on_the_branch() -> None:
    step = decide(*OVER_A, wanted=BY_ORDER, contents=CONTENTS, standing=branch("moved", tip=E, without=[A]))

    assert "wrong-branch" == outcome(step)


@pytest.mark.parametrize("place", ["same", "untracked"])
def test_an_older_commit_does_not_return_over_a_version_by_hand(place: Place) -> None:
    step = decide(*OVER_D, "v3:by hand", contents=CONTENTS, standing=branch(place, tip=E))

    assert "superseded" == outcome(step)


def test_the_order_of_two_commits_is_asked_where_it_does_not_follow_from_what_they_lack() -> None:
    def step(place: Place, entries: Sequence[str], tip: str = E) -> Step:
        return decide(*entries, contents=CONTENTS, standing=branch(place, tip=tip), order={})

    assert Look("order", C, (A,)) == step("same", OVER_A)
    assert Look("order", C, (A,)) == step("untracked", OVER_A)
    assert Look("order", D, (C,)) == step("untracked", OVER_D)
    assert "superseded" == outcome(step("same", OVER_D))
    assert "superseded" == outcome(step("untracked", OVER_D, tip=D))
    assert WRITES == step("tip", OVER_A, tip=C)


def test_a_commit_with_the_file_of_the_tip_leaves_it_to_the_tip_over_one_that_was_merged_apart() -> None:
    step = decide(*OVER_A, contents=CONTENTS, standing=branch("same", tip=E), order={(A, C): False})

    assert Done("superseded", f"The deployed commit {A[:12]} is not older than this one.") == step


@pytest.mark.parametrize(("entries", "order"), [(OVER_A, {(A, C): False}), (OVER_D, {(C, D): False})])
@pytest.mark.parametrize("wanted", [WANTED, BY_ORDER])
def test_of_two_commits_that_were_merged_apart_the_order_decides_nothing(
    entries: Sequence[str], order: Mapping[tuple[str, str], bool], wanted: Wanted
) -> None:
    step = decide(
        *entries, wanted=wanted, contents=CONTENTS, standing=branch("untracked", tip=E), order=order
    )

    assert isinstance(step, Refuse)
    assert "wrong-branch" == step.reason
    assert "are on separate side branches" in step.message


def test_the_commits_of_which_the_order_is_not_known_are_named() -> None:
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
def test_the_branch_is_asked_about_the_last_deployed_commit(entries: tuple[str, ...]) -> None:
    assert Look("standing", A) == decide(*entries, contents=CONTENTS, standing=None)
    assert Look("standing", A) == decide(*entries, contents=CONTENTS, standing=branch(unasked=[A]))


def test_the_branch_is_asked_about_each_commit_that_may_have_been_rolled_back_from() -> None:
    assert Look("standing", B) == decide(*ROLLED_BACK, contents=CONTENTS, standing=branch(unasked=[B]))


# ---------------------------------------------------------------- rollback


@pytest.mark.parametrize("place", ["tip", "same", "moved", "untracked"])
def test_a_rollback_deploys_its_commit_although_the_branch_has_moved_on(place: Place) -> None:
    standing = branch(place, tip=E)

    assert WRITES == decide(*OVER_D, wanted=ROLLBACK, contents=CONTENTS, standing=standing)


def test_a_rollback_deploys_its_commit_once_more_over_a_newer_one() -> None:
    step = decide(
        "v1:", f"v2:{C}", f"v3:{D}", wanted=ROLLBACK, contents=CONTENTS, standing=branch("moved", tip=E)
    )

    assert Upload(may_replace=False) == step


@pytest.mark.parametrize("standing", [branch("off-branch", tip=E), branch("moved", tip=E, without=[C])])
def test_a_rollback_goes_to_commits_of_the_branch_alone(standing: Standing) -> None:
    assert "wrong-branch" == outcome(decide(*OVER_D, wanted=ROLLBACK, contents=CONTENTS, standing=standing))


# ---------------------------------------------------------------- after a rollback


def test_content_that_someone_rolled_back_from_is_held() -> None:
    step = decide(*ROLLED_BACK, contents=CONTENTS)

    message = (
        f"Someone rolled back to commit {A[:12]}, and the file is the same as in commit {B[:12]}."
        " The file is not deployed until it changes."
    )
    assert Done("held", message) == step


def test_whether_the_file_changed_since_a_rollback_is_told_by_the_object_rolled_back_from() -> None:
    assert Look("object", B) == decide(*ROLLED_BACK, contents={A: "old"})


def test_a_file_that_changed_since_a_rollback_is_deployed() -> None:
    assert WRITES == decide(*ROLLED_BACK, contents={A: "old", B: "older"})


def test_a_file_is_held_when_the_object_rolled_back_from_is_gone() -> None:
    step = decide(*ROLLED_BACK, contents={A: "old", B: None})

    assert isinstance(step, Done)
    assert "held" == step.outcome
    assert f"the object of commit {B[:12]} is missing" in step.message


def test_content_that_someone_rolled_back_from_is_held_where_the_commit_rolled_back_to_was_merged_apart() -> (
    None
):
    # C was deployed, then B rolled back to: a commit of a side branch that lacks less of the branch than C.
    entries, contents = (f"v1:{A}", f"v2:{C}", f"v3:{B}"), {A: "oldest", B: "old", C: "new"}
    standing = Standing(D, {FILE: "tip", CONFIG: "tip"}, {A: 4, B: 1, C: 3, D: 0})

    def step(order: Mapping[tuple[str, str], bool]) -> Step:
        return decide(*entries, wanted=LATER, contents=contents, standing=standing, order=order)

    assert Look("order", B, (C, A)) == step({})
    assert "held" == outcome(step({(C, B): False, (A, B): True}))
    assert WRITES == step({(C, B): True, (A, B): True})


def test_content_that_was_given_up_before_what_someone_rolled_back_from_is_not_held() -> None:
    # A was replaced by C; then came the rollback to B, of a side branch that has neither.
    entries, contents = (f"v1:{A}", f"v2:{C}", f"v3:{B}"), {A: "new", B: "old", C: "other"}
    standing = Standing(D, {FILE: "tip", CONFIG: "tip"}, {A: 4, B: 1, C: 3, D: 0})

    def step(order: Mapping[tuple[str, str], bool]) -> Step:
        return decide(*entries, wanted=LATER, contents=contents, standing=standing, order=order)

    apart = {(C, B): False, (A, B): False}
    assert Look("order", C, (A,)) == step(apart)
    assert WRITES == step({**apart, (A, C): True})
    assert "held" == outcome(step({**apart, (A, C): False}))


def test_nothing_more_is_asked_of_commits_that_are_known_to_be_in_the_past_of_the_deployed_one() -> None:
    # D came last of A, B, C and D, and E is the tip; what A, B and C lack of the branch was not asked.
    entries = (f"v1:{A}", f"v2:{B}", f"v3:{C}", f"v4:{D}")
    apart = Standing(E, {FILE: "tip", CONFIG: "tip"}, {D: 1, E: 0})
    wanted = replace(WANTED, commit=E)

    def step(pasts: set[tuple[str, str]], distances: Mapping[str, int | None] | None = None) -> Step:
        standing = replace(apart, pasts=frozenset(pasts), distances={**apart.distances, **(distances or {})})
        return decide(*entries, wanted=wanted, contents={C: "new", D: "old"}, standing=standing, order={})

    assert WRITES == step({(A, D), (B, D), (C, D)})
    assert Look("standing", C) == step({(A, D), (B, D), (C, B)})
    assert Look("order", D, (C,)) == step({(A, D), (B, D)}, {C: 2})
    assert Look("standing", C, (B, A)) == step(set())
    assert WRITES == step({(C, D)}, {B: None})


def test_a_second_rollback_is_not_held() -> None:
    assert WRITES == decide(*ROLLED_BACK, wanted=ROLLBACK, contents=CONTENTS)


def test_a_history_that_only_went_forward_holds_nothing() -> None:
    step = decide(f"v1:{A}", f"v2:{B}", contents={A: "new", B: "old"})

    assert WRITES == step


@pytest.mark.parametrize("lost", [A, B])
def test_commits_that_the_branch_has_lost_hold_nothing(lost: str) -> None:
    assert WRITES == decide(*ROLLED_BACK, contents=CONTENTS, standing=branch(without=[lost]))


def test_domains_that_are_behind_get_the_version_that_someone_rolled_back_to() -> None:
    wanted = replace(WANTED, dictionary=replace(DICTIONARY, domains=("search",)))

    def step(version: str, status: str = "ACTIVE") -> Step:
        domains = [domain("search", version, status)]
        return decide(*ROLLED_BACK, wanted=wanted, contents=CONTENTS, domains=domains)

    held = step("v3")
    assert "held" == outcome(held)
    assert Associate(("search",), left=held) == step("v2")
    assert Wait("v3 is being associated with search", left=held) == step("v2", "ASSOCIATING")


def test_content_that_someone_rolled_back_from_in_two_steps_is_held() -> None:
    # From C's content to B, and from there to A; D does not touch the file.
    step = decide(*ROLLED_BACK_TWICE, wanted=LATER, contents=OF_EACH, standing=branch(tip=D))

    message = (
        f"Someone rolled back to commit {A[:12]}, and the file is the same as in commit {C[:12]}."
        " The file is not deployed until it changes."
    )
    assert Done("held", message) == step


def test_each_step_back_is_asked_about_in_turn() -> None:
    unasked = branch(tip=D, unasked=[C])
    unread = {A: "oldest", B: "old"}

    assert Look("standing", C) == decide(*ROLLED_BACK_TWICE, wanted=LATER, contents=OF_EACH, standing=unasked)
    assert Look("object", C) == decide(
        *ROLLED_BACK_TWICE, wanted=LATER, contents=unread, standing=branch(tip=D)
    )


def test_several_versions_of_a_commit_in_a_row_are_one_step_back() -> None:
    step = decide(f"v1:{A}", f"v2:{B}", f"v3:{B}", f"v4:{A}", f"v5:{A}", contents=CONTENTS)

    assert "held" == outcome(step)


def test_content_that_someone_rolled_back_from_is_held_though_the_next_rollback_was_to_a_newer_commit() -> (
    None
):
    # From C back to A, and from there to B, which is older than C, too: only a rollback can do that.
    too_far_and_forward = (f"v1:{C}", f"v2:{A}", f"v3:{B}")
    step = decide(*too_far_and_forward, wanted=LATER, contents=OF_EACH, standing=branch(tip=D))

    assert "held" == outcome(step)


def test_so_many_steps_back_are_looked_at_and_no_more() -> None:
    steps_back = [f"v{number}:{A if number % 2 else B}" for number in range(2, 2 + MAX_STEPS_BACK + 1)]
    contents = {A: "oldest", B: "old", C: "new"}

    def step(*entries: str) -> Step:
        return decide(f"v1:{C}", *entries, wanted=LATER, contents=contents, standing=branch(tip=D))

    assert "held" == outcome(step(*steps_back[:-2]))
    assert WRITES == step(*steps_back)


def test_content_that_was_replaced_on_the_way_forward_is_not_held() -> None:
    # Forward from B to C, then back to A: B's content was given up by C, not rolled back from.
    contents = {A: "oldest", B: "new", C: "old"}
    step = decide(f"v1:{B}", f"v2:{C}", f"v3:{A}", wanted=LATER, contents=contents, standing=branch(tip=D))

    assert WRITES == step


def test_content_that_someone_rolled_back_from_is_held_under_a_version_by_hand() -> None:
    wanted = replace(WANTED, dictionary=replace(DICTIONARY, domains=("search",)))
    step = decide(
        *ROLLED_BACK, "v4:by hand", wanted=wanted, contents=CONTENTS, domains=[domain("search", "v3")]
    )

    assert "held" == outcome(step)


def test_a_commit_whose_configuration_has_changed_since_leaves_the_content_to_the_tip_s_own_run() -> None:
    # It may be another file that the tip's configuration gives to this package.
    step = decide(*OVER_A, contents=CONTENTS, standing=branch("same", tip=E, config="moved"))

    assert "superseded" == outcome(step)
