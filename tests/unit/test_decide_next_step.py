"""The way of one dictionary from its first look to its version, and what is left alone on it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dictionary_deploy.clock import SETTLE_SECONDS
from dictionary_deploy.decide import (
    Associate,
    Create,
    Done,
    Look,
    Observed,
    Refuse,
    Sent,
    Step,
    Update,
    Upload,
    Wait,
    next_step,
)
from dictionary_deploy.decide.messages import REPLACED_BY_COMMIT, REPLACED_BY_HAND
from dictionary_deploy.model import Expectation, Holds
from tests.unit.situation import (
    BEGAN,
    CREATING,
    DICTIONARY,
    FINE,
    FRESH,
    ROLLBACK,
    THEIRS,
    UPLOADED,
    VETOED,
    WANTED,
    WRITTEN,
    A,
    B,
    C,
    D,
    E,
    branch,
    created,
    decide,
    decide_without_package,
    history,
    on_record,
    outcome,
    package,
    rolled_back,
    stored,
    updated,
)

SOON, LATE = SETTLE_SECONDS - 1, SETTLE_SECONDS + 1
DEPLOYED = ("v1:", f"v2:{A}")
"""A package whose available version was made from A."""
OLD = {A: "old"}
SAME = {A: "new"}


# ---------------------------------------------------------------- a new version, step by step


def test_adopted_package_gets_its_first_version_from_git() -> None:
    assert Upload(may_replace=True) == decide("v1:")
    assert Update() == decide("v1:", attempt=UPLOADED)


def test_deployed_object_shows_if_the_content_changed() -> None:
    assert Look("object", A) == decide(*DEPLOYED)


def test_changed_content_is_uploaded_and_then_becomes_a_version() -> None:
    assert Upload(may_replace=True) == decide(*DEPLOYED, contents=OLD)
    assert Update() == decide(*DEPLOYED, contents=OLD, attempt=UPLOADED)


def test_missing_deployed_object_counts_as_changed() -> None:
    assert Upload(may_replace=True) == decide(*DEPLOYED, contents={A: None})


def test_branch_is_queried_before_the_first_write() -> None:
    assert Look("standing") == decide("v1:", standing=None, review=None)
    assert Look("standing", A) == decide(*DEPLOYED, contents=OLD, standing=None, review=None)


def test_content_is_reviewed_before_the_first_write() -> None:
    assert Look("review") == decide(*DEPLOYED, contents=OLD, review=None)


def test_veto_of_the_review_ends_with_its_remedy() -> None:
    expected = Refuse("invalid-dictionary", "It is empty.", "Fill it.")

    assert expected == decide(*DEPLOYED, contents=OLD, review=VETOED)


@pytest.mark.parametrize("status", ["COPYING", "VALIDATING", "SOMETHING_NEW"])
def test_update_waits_for_another_version_in_flight(status: str) -> None:
    step = decide(*DEPLOYED, f"v3:{B}", available="v2", status=status, contents=OLD, attempt=UPLOADED)

    assert Wait(f"the package is {status} with another version") == step


@pytest.mark.parametrize("status", ["COPY_FAILED", "VALIDATION_FAILED"])
def test_earlier_failed_copy_does_not_stop_an_update(status: str) -> None:
    assert Update() == decide(*DEPLOYED, status=status, contents=OLD, attempt=UPLOADED)


def test_object_of_a_version_with_the_commit_is_not_replaced() -> None:
    step = decide(*DEPLOYED, f"v3:{C}", available="v2", status="COPY_FAILED", contents=OLD)

    assert Upload(may_replace=False) == step


# ---------------------------------------------------------------- the version is there


def test_available_version_with_the_commit_ends_any_run() -> None:
    expected = Done("updated", "Version v3 was made from this commit and is available.")
    first = updated(seen=2)

    assert expected == decide(*DEPLOYED, f"v3:{C}", contents={C: "new"}, attempt=first)
    assert expected == decide(*DEPLOYED, f"v3:{C}", contents={C: "new"}, standing=None, review=None)


def test_rerun_compares_its_own_object_with_the_file() -> None:
    assert Look("object", C) == decide(*DEPLOYED, f"v3:{C}")


def test_different_content_of_a_deployed_commit_is_refused() -> None:
    assert "content-mismatch" == outcome(decide(*DEPLOYED, f"v3:{C}", contents={C: "otherwise"}))


def test_version_missing_in_the_history_is_awaited() -> None:
    expected = Wait("v3 is not in the version history yet")

    assert expected == decide(*DEPLOYED, available="v3", contents=OLD, attempt=updated(seen=2))
    assert expected == decide(*DEPLOYED, available="v3", contents=OLD, after=10 * LATE)


@pytest.mark.parametrize("status", ["DELETING", "DELETED", "DELETE_FAILED"])
def test_package_in_deletion_is_missing(status: str) -> None:
    assert "package-not-found" == outcome(decide(*DEPLOYED, status=status))
    assert "package-not-found" == outcome(decide(*DEPLOYED, f"v3:{C}", status=status, wanted=CREATING))


# ---------------------------------------------------------------- nothing to do


def test_content_that_another_commit_deployed_is_unchanged() -> None:
    assert Done("unchanged", f"Same content as v2 (commit {A[:12]}).") == decide(
        *DEPLOYED, contents=SAME, standing=None, review=None
    )


def test_rollback_to_the_deployed_content_changes_nothing() -> None:
    assert "unchanged" == outcome(decide(*DEPLOYED, contents=SAME, wanted=ROLLBACK))


@pytest.mark.parametrize("newer", [A, B, D])
def test_commit_replaced_by_another_is_superseded(newer: str) -> None:
    standing = branch("same", tip=E)

    step = decide("v1:", f"v2:{C}", f"v3:{newer}", standing=standing)

    assert Done("superseded", f"Commit {newer[:12]} was deployed after this one.") == step


def test_branch_is_queried_about_the_later_deployed_commit() -> None:
    entries = ("v1:", f"v2:{C}", f"v3:{D}")

    assert Look("standing", D) == decide(*entries, standing=None)


def test_tip_of_a_branch_forced_back_is_deployed_again() -> None:
    entries, contents = ("v1:", f"v2:{C}", f"v3:{D}"), {C: "new", D: "other"}

    assert Upload(may_replace=False) == decide(*entries, contents=contents)
    assert Update() == decide(*entries, contents=contents, attempt=UPLOADED)


def test_branch_forced_back_to_the_same_content_needs_no_version() -> None:
    assert "unchanged" == outcome(decide("v1:", f"v2:{C}", f"v3:{D}", contents={C: "new", D: "new"}))


@pytest.mark.parametrize("entries", [DEPLOYED, (*DEPLOYED, f"v3:{B}")], ids=["not in the history", "in it"])
def test_content_is_not_unchanged_while_another_version_is_on_its_way(entries: tuple[str, ...]) -> None:
    # B changed the file, C reverted it, and the run of B was killed after its UpdatePackage.
    step = decide(*entries, available="v2", status="COPYING", contents=SAME)

    assert Wait("the package is COPYING") == step


def test_no_drift_or_hold_while_another_version_is_in_flight() -> None:
    by_hand, contents = (*DEPLOYED, "v3:by hand"), {A: "new"}

    assert Wait("the package is COPYING") == decide(*by_hand, status="COPYING", contents=contents)
    assert Wait("the package is COPYING") == decide(
        *DEPLOYED, status="COPYING", contents=OLD, holds=on_record(rolled_back())
    )
    assert Wait("the package is COPYING") == decide("v1:", f"v2:{C}", "v3:by hand", status="COPYING")


def test_replaced_commit_is_superseded_despite_writes_in_flight() -> None:
    standing = branch("moved", tip=D)

    assert "superseded" == outcome(decide("v1:", f"v2:{C}", f"v3:{D}", status="COPYING", standing=standing))


@pytest.mark.parametrize("status", ["COPYING", "VALIDATING"])
def test_version_visible_during_its_copy_is_not_available(status: str) -> None:
    step = decide(*DEPLOYED, f"v3:{C}", status=status, contents={C: "new"}, attempt=updated(seen=2))

    assert isinstance(step, Wait)


# ---------------------------------------------------------------- versions that git did not make


def test_manual_version_over_an_unchanged_file_is_kept_drift() -> None:
    step = decide(*DEPLOYED, "v3:from the console", contents=SAME, standing=None)

    assert "drifted" == outcome(step)
    assert isinstance(step, Done)
    assert "Version v3 was not made from a commit (message: from the console)" in step.message


def test_manual_version_without_a_message_has_none() -> None:
    step = decide(*DEPLOYED, "v3:", contents=SAME)

    assert isinstance(step, Done)
    assert step.message.startswith("Version v3 was not made from a commit, and the file has not changed")


def test_changed_file_replaces_a_manual_version() -> None:
    assert Upload(may_replace=True) == decide(*DEPLOYED, "v3:from the console", contents=OLD)


def test_rollback_replaces_a_manual_version() -> None:
    step = decide(*DEPLOYED, "v3:from the console", contents=SAME, wanted=ROLLBACK)

    assert Upload(may_replace=True) == step


def test_manual_version_over_the_commits_own_is_drift() -> None:
    assert "drifted" == outcome(decide(*DEPLOYED, f"v3:{C}", "v4:", contents={C: "new"}))


def test_manual_version_is_drift_although_the_object_is_missing() -> None:
    assert "drifted" == outcome(decide(*DEPLOYED, f"v3:{C}", "v4:", contents={C: None}))
    assert "drifted" == outcome(decide(*DEPLOYED, f"v3:{C}", "v4:", contents={C: "otherwise"}))
    assert "drifted" == outcome(decide(*DEPLOYED, f"v3:{C}", "v4:", standing=None))


def test_rollback_deploys_over_a_manual_version() -> None:
    step = decide(*DEPLOYED, f"v3:{C}", "v4:", wanted=ROLLBACK, contents={C: "new"})

    assert Upload(may_replace=False) == step


def test_package_deployed_by_another_repository_is_refused() -> None:
    observed = Observed(
        BEGAN,
        package("v2"),
        history(*DEPLOYED),
        objects={A: stored(A, "old", THEIRS)},
        standing=branch(),
        holds=Holds(),
    )
    by_nobody = replace(observed, objects={A: stored(A, "old", "")})
    taken_over = replace(WANTED, dictionary=replace(DICTIONARY, take_over=True))
    outside = replace(WANTED, repository_id="")
    unknown = replace(outside, repository="")

    assert "owned-elsewhere" == outcome(next_step(WANTED, observed, FRESH))
    assert Look("review") == next_step(taken_over, observed, FRESH)
    assert Look("review") == next_step(outside, observed, FRESH)
    assert "owned-elsewhere" == outcome(next_step(unknown, observed, FRESH))
    assert Look("review") == next_step(WANTED, by_nobody, FRESH)


@pytest.mark.parametrize("content", ["new", "old"])
def test_package_of_another_repository_is_refused_for_any_content(content: str) -> None:
    theirs = {A: stored(A, content, THEIRS)}
    observed = Observed(BEGAN, package("v2"), history(*DEPLOYED), objects=theirs, holds=Holds())
    by_hand = replace(observed, package=package("v3"), versions=history(*DEPLOYED, "v3:"))

    assert "owned-elsewhere" == outcome(next_step(WANTED, observed, FRESH))
    assert "owned-elsewhere" == outcome(next_step(WANTED, by_hand, FRESH))


def test_content_taken_over_is_deployed_once_under_this_commit() -> None:
    taken_over = replace(WANTED, dictionary=replace(DICTIONARY, take_over=True))
    theirs = Observed(
        BEGAN,
        package("v2"),
        history(*DEPLOYED),
        objects={A: stored(A, "new", THEIRS)},
        standing=branch(),
        review=FINE,
        holds=Holds(),
    )
    ours = replace(theirs, objects={A: stored(A, "new")})

    assert Upload(may_replace=True) == next_step(taken_over, theirs, FRESH)
    assert "unchanged" == outcome(next_step(taken_over, ours, FRESH))


def test_version_of_this_commit_is_taken_over_with_a_relabeled_object() -> None:
    """A fork has the same commits: another repository uploaded this object, maybe made this version."""
    taken_over = replace(WANTED, dictionary=replace(DICTIONARY, take_over=True))
    theirs, ours = {C: stored(C, "new", THEIRS)}, {C: stored(C, "new")}
    undeployed = Observed(
        BEGAN,
        package("v1"),
        history("v1:"),
        objects=theirs,
        standing=branch(),
        review=FINE,
        holds=Holds(),
    )
    deployed = replace(undeployed, package=package("v2"), versions=history("v1:", f"v2:{C}"))
    uploaded = replace(UPLOADED, uploaded_over=2)

    assert Upload(may_replace=True, relabel=True) == next_step(taken_over, undeployed, UPLOADED)
    assert Upload(may_replace=False, relabel=True) == next_step(taken_over, deployed, FRESH)
    assert Update() == next_step(taken_over, replace(deployed, objects=ours), uploaded)
    assert "updated" == outcome(next_step(taken_over, replace(deployed, objects=ours), FRESH))


def test_rollback_never_creates_a_package() -> None:
    creating = replace(DICTIONARY, create=True)
    observed = Observed(BEGAN, None, standing=branch(), review=FINE)

    step = next_step(replace(ROLLBACK, dictionary=creating), observed, FRESH)

    assert isinstance(step, Refuse)
    assert ("package-not-found", "A rollback creates no package. Deploy the branch first.") == (
        step.reason,
        step.remedy,
    )
    assert Upload(may_replace=True) == next_step(replace(WANTED, dictionary=creating), observed, FRESH)


def test_version_of_this_commit_by_another_repository_is_refused() -> None:
    versions = history("v1:", f"v2:{C}")
    observed = Observed(BEGAN, package("v2"), versions, objects={C: stored(C, "new", THEIRS)}, holds=Holds())

    assert "owned-elsewhere" == outcome(next_step(WANTED, observed, FRESH))


# ---------------------------------------------------------------- after a run that was killed


@pytest.mark.parametrize(
    "entries",
    [DEPLOYED, (*DEPLOYED, f"v3:{C}"), (*DEPLOYED, f"v3:{B}")],
    ids=["not in the history yet", "of this commit", "of another one"],
)
def test_copy_in_flight_of_any_run_is_awaited(entries: tuple[str, ...]) -> None:
    step = decide(*entries, available="v2", status="COPYING", contents=OLD)

    assert Wait("the package is COPYING") == step


@pytest.mark.parametrize(
    ("message", "may_replace"),
    [(C, False), (B, True), ("by hand", True)],
    ids=["of this commit", "of another one", "of none"],
)
def test_version_without_a_copy_times_out(message: str, *, may_replace: bool) -> None:
    entries = (*DEPLOYED, f"v3:{message}")

    soon = decide(*entries, available="v2", contents=OLD, after=SOON)
    late = decide(*entries, available="v2", contents=OLD, after=SETTLE_SECONDS)

    assert Wait("a version after v2 is in the history but not available yet") == soon
    assert Upload(may_replace=may_replace) == late


def test_content_is_unchanged_after_a_stuck_version_times_out() -> None:
    entries = (*DEPLOYED, f"v3:{B}")

    assert isinstance(decide(*entries, available="v2", contents=SAME, after=SOON), Wait)
    assert "unchanged" == outcome(decide(*entries, available="v2", contents=SAME, after=LATE))


def test_rerun_repeats_a_failed_copy_of_its_commit() -> None:
    entries = (*DEPLOYED, f"v3:{C}")

    assert Update() == decide(*entries, available="v2", status="COPY_FAILED", contents=OLD, attempt=UPLOADED)


# ---------------------------------------------------------------- after UpdatePackage


@pytest.mark.parametrize("status", ["COPYING", "VALIDATING"])
def test_long_copy_is_awaited(status: str) -> None:
    step = decide(*DEPLOYED, status=status, contents=OLD, attempt=updated(seen=2), after=600.0)

    assert Wait(f"the package is {status}") == step


def test_update_that_is_not_visible_yet_is_awaited() -> None:
    step = decide(*DEPLOYED, contents=OLD, attempt=updated(seen=2), after=SOON)

    assert Wait("the new version is not available yet") == step


def test_late_history_entry_is_awaited() -> None:
    step = decide(*DEPLOYED, f"v3:{C}", available="v2", contents=OLD, attempt=updated(seen=2), after=600.0)

    assert Wait("the new version is not available yet") == step


@pytest.mark.parametrize(
    ("message", "source", "remedy"),
    [
        ("by hand", "no commit (message: by hand)", REPLACED_BY_HAND),
        ("", "no commit", REPLACED_BY_HAND),
        (D, f"commit {D[:12]}", REPLACED_BY_COMMIT),
    ],
)
def test_version_over_the_new_one_is_named_with_a_remedy(message: str, source: str, remedy: str) -> None:
    """This run's commit may be the tip: no later run deploys it."""
    step = decide(*DEPLOYED, f"v3:{C}", f"v4:{message}", contents=OLD, attempt=updated(seen=2))

    told = f"Version v4, made from {source}, replaced v3, the version of this commit."
    assert Done("superseded", told, remedy) == step


@pytest.mark.parametrize(
    ("status", "reason"), [("COPY_FAILED", "copy-failed"), ("VALIDATION_FAILED", "validation-failed")]
)
def test_failed_copy_has_the_message_of_aws(status: str, reason: str) -> None:
    details = {"ErrorType": "AccessDenied", "ErrorMessage": "No s3:GetObject"}
    step = decide(
        *DEPLOYED, status=status, attempt=updated(seen=2), after=LATE, contents=OLD, ErrorDetails=details
    )

    assert reason == outcome(step)
    assert isinstance(step, Refuse)
    assert step.message == f"AWS reported {status}: AccessDenied: No s3:GetObject. v2 is still available."


def test_failed_copy_without_details_has_its_status() -> None:
    step = decide(status="COPY_FAILED", attempt=updated(seen=0), after=LATE)

    assert isinstance(step, Refuse)
    assert "AWS reported COPY_FAILED. No version is available." == step.message


def test_failed_copy_is_ours_by_its_time_or_by_elapsed_time() -> None:
    attempt = updated(seen=2, updated_at="10:00")

    def step(last_updated: str, after: float) -> Step:
        return decide(
            *DEPLOYED,
            status="COPY_FAILED",
            contents=OLD,
            attempt=attempt,
            after=after,
            LastUpdatedAt=last_updated,
        )

    assert "copy-failed" == outcome(step("10:05", SOON))
    assert "copy-failed" == outcome(step("10:00", LATE))
    assert Wait("the package is still COPY_FAILED from an earlier version") == step("10:00", SOON)


def test_earlier_failure_is_not_that_of_this_update() -> None:
    attempt = updated(seen=3, updated_at="10:00")
    entries = (*DEPLOYED, f"v3:{C}", f"v4:{C}")
    step = decide(
        *entries,
        available="v2",
        status="COPY_FAILED",
        contents=OLD,
        attempt=attempt,
        after=SOON,
        LastUpdatedAt="10:00",
    )

    assert isinstance(step, Wait)


def test_older_version_of_the_commit_is_not_the_new_one() -> None:
    entries = ("v1:", f"v2:{C}", f"v3:{A}")
    step = decide(
        *entries, wanted=ROLLBACK, contents=OLD, attempt=updated(seen=3, answered=False), after=LATE
    )

    assert Update() == step


def test_unclear_response_is_followed_by_a_read_before_the_retry() -> None:
    unclear = updated(seen=2, answered=False)

    assert isinstance(decide(*DEPLOYED, contents=OLD, attempt=unclear, after=SOON), Wait)
    assert Update() == decide(*DEPLOYED, contents=OLD, attempt=unclear, after=LATE)
    assert "updated" == outcome(
        decide(*DEPLOYED, f"v3:{C}", contents={C: "new"}, attempt=unclear, after=LATE)
    )


def test_unclear_update_is_sent_at_most_three_times() -> None:
    twice, thrice = (updated(seen=2, answered=False, times=times) for times in (2, 3))

    assert Update() == decide(*DEPLOYED, contents=OLD, attempt=twice, after=LATE)
    step = decide(*DEPLOYED, contents=OLD, attempt=thrice, after=LATE)
    assert "update-failed" == outcome(step)
    assert isinstance(step, Refuse)
    assert "UpdatePackage was sent without a clear response, but no version" in step.message


def test_unclear_update_found_no_deployed_content() -> None:
    attempt = updated(seen=1, answered=False, times=3)

    assert "update-failed" == outcome(decide("v1:", attempt=attempt, after=LATE))


def test_confirmed_update_without_a_version_has_failed() -> None:
    step = decide(*DEPLOYED, contents=OLD, attempt=updated(seen=2), after=LATE)

    assert "update-failed" == outcome(step)
    assert isinstance(step, Refuse)
    assert step.message.startswith("UpdatePackage was sent, but no version of this commit")


@pytest.mark.parametrize(
    ("entries", "contents"),
    [(("v1:",), {}), (DEPLOYED, {A: None})],
    ids=["adopted", "the deployed object is gone"],
)
def test_confirmed_update_of_unknown_content_found_it_deployed(
    entries: tuple[str, ...], contents: dict[str, str | None]
) -> None:
    attempt = updated(seen=len(entries))

    assert "unchanged" == outcome(decide(*entries, contents=contents, attempt=attempt, after=LATE))


def test_content_without_a_new_version_reaches_the_domains() -> None:
    wanted = replace(WANTED, dictionary=replace(DICTIONARY, domains=("search",)))
    step = decide("v1:", wanted=wanted, attempt=updated(seen=1), after=SETTLE_SECONDS, domains=[])

    assert Associate(("search",)) == step


def test_confirmed_update_replaced_by_another_version_has_failed() -> None:
    step = decide("v1:", "v2:by hand", attempt=updated(seen=1), after=LATE)

    assert "update-failed" == outcome(step)


def test_confirmed_update_with_an_error_found_no_deployed_content() -> None:
    details = {"ErrorType": "", "ErrorMessage": "No s3:GetObject"}
    step = decide("v1:", attempt=updated(seen=1), after=LATE, ErrorDetails=details)

    assert isinstance(step, Refuse)
    assert "copy-failed" == step.reason
    assert "AWS reported AVAILABLE: No s3:GetObject. v1 is still available." == step.message


def test_package_error_is_ours_once_its_time_changes() -> None:
    attempt = updated(seen=1, updated_at="10:00")

    def step(last_updated: str) -> Step:
        error = {"ErrorMessage": "No s3:GetObject"}
        return decide("v1:", attempt=attempt, after=SOON, ErrorDetails=error, LastUpdatedAt=last_updated)

    assert "copy-failed" == outcome(step("10:05"))
    assert Wait("the package is still AVAILABLE from an earlier version") == step("10:00")


def test_past_error_does_not_prevent_an_update() -> None:
    assert Update() == decide("v1:", attempt=UPLOADED, ErrorDetails={"ErrorMessage": "No s3:GetObject"})


# ---------------------------------------------------------------- what was sent


def test_sent_write_is_overdue_after_the_settling_time() -> None:
    sent = Sent(at=BEGAN, answered=True)

    assert not sent.is_overdue(BEGAN + SOON)
    assert sent.is_overdue(BEGAN + SETTLE_SECONDS)


def test_unclear_update_under_an_earlier_failure_is_retried() -> None:
    step = decide(
        *DEPLOYED,
        status="COPY_FAILED",
        contents=OLD,
        attempt=updated(seen=2, answered=False, updated_at="10:00"),
        after=LATE,
        LastUpdatedAt="10:00",
    )

    assert Update() == step


def test_sent_update_explains_a_new_or_overdue_failure() -> None:
    sent = Sent(at=BEGAN, answered=True, updated_at="10:00")

    assert sent.explains("10:05", BEGAN)
    assert not sent.explains("10:00", BEGAN + SOON)
    assert sent.explains("10:00", BEGAN + SETTLE_SECONDS)


# ---------------------------------------------------------------- no such package


def test_missing_package_is_refused_without_create() -> None:
    assert "package-not-found" == outcome(decide_without_package(WANTED))
    assert Upload(may_replace=True) == decide_without_package(CREATING)


@pytest.mark.parametrize(
    ("others", "said"),
    [
        (("product-synonym", "stopwords"), "which has 2 packages. Did you mean product-synonym?"),
        (("stopwords",), "which has 1 package."),
        ((), "which has no packages."),
    ],
)
def test_missing_package_error_has_region_and_similar_names(others: tuple[str, ...], said: str) -> None:
    wanted = replace(WANTED, region="eu-west-1")
    step = next_step(wanted, Observed(BEGAN, None, others=others), FRESH)

    assert isinstance(step, Refuse)
    assert f"Package product-synonyms not found in this account in eu-west-1, {said}" == step.message


def test_missing_package_error_omits_an_unknown_region() -> None:
    step = decide_without_package(WANTED)

    assert isinstance(step, Refuse)
    assert "in this account and Region, which" in step.message


def test_new_package_is_created_from_the_uploaded_object() -> None:
    assert Create() == decide_without_package(attempt=UPLOADED)


@pytest.mark.parametrize(
    ("others", "before", "said"),
    [
        (25, 0, "AWS allows 25 packages in an account and Region, which has 25."),
        (23, 2, "which has 23, and this deploy would create 2 before it."),
        (24, 0, ""),
    ],
)
def test_plan_refuses_a_package_that_exceeds_the_quota(others: int, before: int, said: str) -> None:
    seen = Observed(
        BEGAN,
        None,
        standing=branch(),
        review=FINE,
        others=tuple(f"package-{number}" for number in range(others)),
        creates_before=before,
    )

    step = next_step(replace(CREATING, is_plan=True), seen, FRESH)

    if not said:
        assert Upload(may_replace=True) == step
        return
    assert isinstance(step, Refuse)
    assert ("limit-exceeded", True) == (step.reason, step.message.endswith(said))
    # AWS decides for a deploy.
    assert Upload(may_replace=True) == next_step(CREATING, seen, FRESH)


def test_package_is_created_only_if_branch_and_review_allow() -> None:
    assert Look("standing") == decide_without_package(standing=None, review=None)
    assert Look("review") == decide_without_package(review=None)
    assert "invalid-dictionary" == outcome(decide_without_package(review=VETOED))
    assert "superseded" == outcome(decide_without_package(standing=branch("moved", tip=D)))


def test_new_package_may_be_visible_late() -> None:
    assert isinstance(decide_without_package(attempt=created(), after=SOON), Wait)
    assert "update-failed" == outcome(decide_without_package(attempt=created(), after=LATE))


def test_unclear_creation_is_sent_at_most_three_times() -> None:
    once, thrice = (created(answered=False, times=times) for times in (1, 3))

    assert isinstance(decide_without_package(attempt=once, after=SOON), Wait)
    assert Create() == decide_without_package(attempt=once, after=LATE)
    assert "update-failed" == outcome(decide_without_package(attempt=thrice, after=LATE))


def test_new_package_gets_a_second_version_with_the_commit() -> None:
    copying = decide(status="COPYING", wanted=CREATING, attempt=created())
    there = decide("v1:", wanted=CREATING, attempt=created())

    assert Wait("the package is COPYING with another version") == copying
    assert Update() == there


def test_rerun_finishes_a_killed_creation() -> None:
    assert Wait("the package is COPYING") == decide(status="COPYING", wanted=CREATING)
    assert Upload(may_replace=True) == decide("v1:", wanted=CREATING)


def test_created_package_with_a_failed_first_copy_is_updated() -> None:
    assert Update() == decide(status="COPY_FAILED", wanted=CREATING, attempt=created())


@pytest.mark.parametrize(
    ("entries", "created_at", "expected"),
    [
        (("v1:", f"v2:{C}"), WRITTEN, "created"),
        (("v1:", f"v2:{C}"), "2026-01-01T00:00:01.000Z", "created"),
        (("v1:", f"v2:{C}"), "2025-12-31T23:59:59.999Z", "updated"),
        (("v1:", f"v2:{C}"), "", "updated"),
        ((f"v1:{A}", f"v2:{C}"), WRITTEN, "updated"),
        (("v1:", "v2:", f"v3:{C}"), WRITTEN, "updated"),
    ],
)
def test_package_newer_than_the_object_was_created_from_it(
    entries: tuple[str, ...], created_at: str, expected: str
) -> None:
    step = decide(*entries, contents={C: "new"}, wanted=CREATING, CreatedAt=created_at)

    assert expected == outcome(step)


def test_package_without_create_was_not_created() -> None:
    assert "updated" == outcome(decide("v1:", f"v2:{C}", contents={C: "new"}, CreatedAt=WRITTEN))


def test_run_that_created_a_package_reports_it_without_a_date() -> None:
    assert "created" == outcome(
        decide("v1:", f"v2:{C}", contents={C: "new"}, wanted=CREATING, attempt=created())
    )


# ---------------------------------------------------------------- expectations

EXPECTING = replace(WANTED, dictionary=replace(DICTIONARY, expect=(Expectation("laptop"),)), is_plan=True)


def test_plan_checks_expectations_of_an_unchanged_file() -> None:
    unchanged = {"contents": SAME, "domains": ()}

    assert Look("review") == decide(*DEPLOYED, wanted=EXPECTING, review=None, **unchanged)
    assert VETOED.veto == decide(*DEPLOYED, wanted=EXPECTING, review=VETOED, **unchanged)
    assert "unchanged" == outcome(decide(*DEPLOYED, wanted=EXPECTING, **unchanged))


def test_only_plans_with_expectations_read_an_unchanged_file() -> None:
    unchanged = {"contents": SAME, "domains": (), "review": None}

    deploy = replace(EXPECTING, is_plan=False)
    assert "unchanged" == outcome(decide(*DEPLOYED, wanted=deploy, **unchanged))
    plan = replace(WANTED, is_plan=True)
    assert "unchanged" == outcome(decide(*DEPLOYED, wanted=plan, **unchanged))
