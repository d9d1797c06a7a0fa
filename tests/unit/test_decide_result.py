from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from dictionary_deploy.decide import (
    Associate,
    Attempt,
    Create,
    Done,
    Observed,
    Refuse,
    Review,
    Step,
    Update,
    Upload,
    Wait,
    Wanted,
)
from dictionary_deploy.decide.result import conclude, conclude_unreadable, conclude_validated
from dictionary_deploy.errors import Explanation, Reason
from dictionary_deploy.model import (
    NO_COMMIT,
    OUTCOMES,
    Diff,
    DomainNames,
    EntryCounts,
    Mode,
    Outcome,
    Place,
    Problem,
    Result,
)
from tests.unit.situation import (
    BEGAN,
    DICTIONARY,
    FILE,
    FRESH,
    ROLLBACK,
    VETOED,
    WANTED,
    A,
    B,
    C,
    associated,
    branch,
    created,
    domain,
    history,
    objects,
    package,
    updated,
)

WARNING = Problem("rule", "warning", FILE, 1, "Odd.")
FOUND = Review(Diff(EntryCounts(1, 0, 0, 2)), (WARNING,))
UPDATED = Done("updated", "Version v2 was made from this commit and is available.")


def observed(
    *entries: str, available: str = "", contents: Mapping[str, str | None] | None = None
) -> Observed:
    versions = history(*entries)
    return Observed(
        BEGAN,
        package(available or versions[-1].name) if versions else None,
        versions,
        objects(contents or {}),
        domains=(domain("search", "v1"),),
        review=FOUND,
    )


def result(step: Step, seen: Observed, *, mode: Mode = "deploy", attempt: Attempt = FRESH) -> Result:
    return conclude(WANTED, seen, step, mode=mode, attempt=attempt, url="s3://bucket/{}".format)


# ---------------------------------------------------------------- what every result says


def test_result_has_all_observed_state() -> None:
    seen = observed(f"v1:{A}", f"v2:{C}", contents={A: "old", C: "new"})
    expected = Result(
        dictionary=DICTIONARY,
        outcome="updated",
        message=UPDATED.message,
        is_deployed=True,
        commit=C,
        previous_commit=A,
        last_commit=A,
        object=f"s3://bucket/dictionaries/product-synonyms/{C}.txt",
        sha256="new",
        package=seen.package,
        domains=(domain("search", "v1"),),
        diff=FOUND.diff,
        problems=(WARNING,),
    )

    assert expected == result(UPDATED, seen)


def test_result_has_only_observed_state() -> None:
    found = result(Done("unchanged", ""), Observed(BEGAN, package("v1"), history(f"v1:{A}")))

    assert (None, None, (), "") == (found.domains, found.diff, found.problems, found.object)


def test_object_is_of_this_commit_else_the_deployed_one() -> None:
    unchanged = result(Done("unchanged", ""), observed(f"v1:{A}", contents={A: "new"}))
    gone = result(Done("unchanged", ""), observed(f"v1:{A}", contents={A: None}))

    assert f"s3://bucket/dictionaries/product-synonyms/{A}.txt" == unchanged.object
    assert "" == gone.object


def test_rerun_has_the_same_previous_commit() -> None:
    before = result(Upload(may_replace=True), observed(f"v1:{A}"), mode="plan")
    after = result(UPDATED, observed(f"v1:{A}", f"v2:{C}"))

    assert A == before.previous_commit == after.previous_commit


# ---------------------------------------------------------------- adopted, replaced


def test_adopted_package_names_the_replaced_version() -> None:
    found = result(UPDATED, observed("v1:by hand", f"v2:{C}"))

    assert (True, history("v1:by hand")[0], "") == (found.adopted, found.replaced, found.previous_commit)


def test_manual_version_replaced_by_git_is_not_an_adoption() -> None:
    found = result(UPDATED, observed(f"v1:{A}", "v2:by hand", f"v3:{C}"))

    assert (False, history("v2:by hand")[0]) == (found.adopted, found.replaced)
    assert ("", A) == (found.previous_commit, found.last_commit)


@pytest.mark.parametrize("step", [Done("drifted", ""), Done("superseded", ""), Done("unchanged", "")])
def test_kept_package_replaces_nothing(step: Done) -> None:
    found = result(step, observed(f"v1:{A}", "v2:by hand"))

    assert (False, None) == (found.adopted, found.replaced)


def test_version_from_a_commit_is_not_reported_as_replaced() -> None:
    assert None is result(UPDATED, observed(f"v1:{A}", f"v2:{C}")).replaced


@pytest.mark.parametrize("reason", ["copy-failed", "invalid-dictionary"])
def test_failed_update_adopts_and_replaces_nothing(reason: Reason) -> None:
    found = result(Refuse(reason, "No."), observed("v1:by hand"))

    assert (False, None) == (found.adopted, found.replaced)


def test_package_without_a_version_is_not_adopted() -> None:
    assert not result(UPDATED, observed(f"v1:{C}")).adopted


def test_missing_package_has_no_previous_version() -> None:
    found = result(Create(), Observed(BEGAN, None), mode="plan")

    assert (None, "", None, False) == (found.package, found.previous_commit, found.replaced, found.adopted)


# ---------------------------------------------------------------- domains that are not there


NAMED = replace(WANTED, dictionary=replace(DICTIONARY, domains=("search", "search-prd")))


def with_domain_names(names: DomainNames | None, step: Step) -> Result:
    seen = replace(observed(f"v1:{A}"), domain_names=names)
    return conclude(NAMED, seen, step, mode="plan", attempt=FRESH, url=str)


@pytest.mark.parametrize("step", [Upload(may_replace=True), Update(), Associate(("search",))])
def test_plan_fails_on_a_missing_domain_and_lists_the_domains(step: Step) -> None:
    found = with_domain_names(("search", "search-prod"), step)

    assert ("failed", "domain-not-found") == (found.outcome, found.reason)
    assert "Not all domains would get the version. search-prd: no domain has this name." == found.message
    assert found.remedy.endswith("Existing domains: search, search-prod.")


def test_account_without_domains_is_reported() -> None:
    refused = with_domain_names((), Refuse("domain-not-found", "No.", "Fix it."))

    assert "Fix it. Existing domains: none." == refused.remedy


@pytest.mark.parametrize("names", [None, "unknown"])
def test_unknown_domains_are_not_reported(names: DomainNames | None) -> None:
    refused = with_domain_names(names, Refuse("domain-not-found", "No.", "Fix it."))
    planned = with_domain_names(names, Update())

    assert "Fix it." == refused.remedy
    assert "updated" == planned.outcome


def test_associated_domain_exists_even_if_the_list_lacks_it() -> None:
    there = with_domain_names(("search-prd",), Update())

    assert "updated" == there.outcome


def test_without_named_domains_none_can_be_missing() -> None:
    seen = replace(observed(f"v1:{A}"), domain_names=())

    assert "updated" == result(Update(), seen, mode="plan").outcome


# ---------------------------------------------------------------- outcomes


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_run_without_writes_changed_nothing(outcome: Outcome) -> None:
    """A rerun reports the outcome of the run, but it has not changed anything."""
    found = result(Done(outcome, "So it is."), observed(f"v1:{A}", f"v2:{C}"))

    assert (outcome, "So it is.", False) == (found.outcome, found.message, found.changed)


@pytest.mark.parametrize(
    ("attempt", "entries", "changed"),
    [
        (updated(seen=1), (f"v1:{A}", f"v2:{C}"), True),
        (updated(seen=1, answered=False), (f"v1:{A}", f"v2:{C}"), True),
        (updated(seen=1), (f"v1:{A}", f"v2:{C}", f"v3:{B}"), True),
        (updated(seen=1), (f"v1:{A}",), False),
        (updated(seen=2), (f"v1:{A}", f"v2:{C}"), False),
        (created(), ("v1:",), True),
        (created(), (), False),
    ],
    ids=[
        "made",
        "unclear response",
        "replaced since",
        "rejected",
        "made by another",
        "created",
        "not created",
    ],
)
def test_run_changed_something_if_it_made_a_version(
    attempt: Attempt, entries: tuple[str, ...], *, changed: bool
) -> None:
    assert changed == result(Refuse("timed-out", ""), observed(*entries), attempt=attempt).changed


def test_copy_that_failed_changed_nothing() -> None:
    seen = observed(f"v1:{A}", f"v2:{C}", available="v1")

    assert not result(Refuse("copy-failed", ""), seen, attempt=updated(seen=1)).changed


def test_refusal_is_a_failure_with_reason_and_remedy() -> None:
    found = result(Refuse("copy-failed", "AWS ended.", "Rerun."), observed(f"v1:{A}"))

    assert ("failed", "AWS ended.", "copy-failed", "Rerun.", False) == (
        found.outcome,
        found.message,
        found.reason,
        found.remedy,
        found.changed,
    )


def test_refused_content_is_invalid() -> None:
    found = result(Refuse("invalid-dictionary", "It is empty."), observed(f"v1:{A}"))

    assert ("invalid", "invalid-dictionary") == (found.outcome, found.reason)


SHRUNK = Refuse("invalid-dictionary", "It would shrink.")
MANUAL = (f"v1:{A}", "v2:by hand")
COMPARED = (
    " Its entries are compared with commit aaaaaaaaaaaa, the last one deployed: v2 was not made from a"
    " commit."
)


@pytest.mark.parametrize(
    ("entries", "review", "expected"),
    [
        (MANUAL, FOUND, f"It would shrink.{COMPARED}"),
        ((f"v1:{A}",), FOUND, "It would shrink."),
        (("v1:by hand",), FOUND, "It would shrink."),
        (MANUAL, replace(FOUND, problems=(replace(WARNING, severity="error"),)), "It would shrink."),
        (MANUAL, replace(FOUND, diff=Diff(EntryCounts(0, 9, 0, 0))), "It would shrink."),
        (MANUAL, Review(), "It would shrink."),
        ((), FOUND, "It would shrink."),
    ],
    ids=["manual version", "commit's version", "no commit", "error", "empty", "no diff", "no package"],
)
def test_lost_entries_name_the_commit_they_are_compared_with(
    entries: tuple[str, ...], review: Review, expected: str
) -> None:
    assert expected == result(SHRUNK, replace(observed(*entries), review=review)).message


def test_unchanged_content_that_reached_domains_is_applied() -> None:
    found = result(Done("unchanged", "The same."), observed(f"v1:{A}"), attempt=associated("search"))

    assert ("applied", "The same. Domains that were behind were updated.", True) == (
        found.outcome,
        found.message,
        found.changed,
    )


def test_new_version_on_domains_is_updated() -> None:
    found = result(UPDATED, observed(f"v1:{A}", f"v2:{C}"), attempt=associated("search"))

    assert ("updated", UPDATED.message) == (found.outcome, found.message)


def test_held_dictionary_with_updated_domains_has_changed() -> None:
    assert result(Done("held", ""), observed(f"v1:{A}"), attempt=associated("search")).changed


def test_updated_domain_is_a_change_even_if_another_failed() -> None:
    found = result(Refuse("association-failed", ""), observed(f"v1:{A}"), attempt=associated("search"))

    assert ("failed", True) == (found.outcome, found.changed)


def test_failure_before_a_version_is_no_change() -> None:
    assert not result(Refuse("timed-out", ""), observed(f"v1:{A}")).changed
    assert not result(Refuse("timed-out", ""), Observed(BEGAN, None)).changed


@pytest.mark.parametrize("mode", ["deploy", "rollback"])
def test_created_version_is_reported_in_modes_that_write(mode: Mode) -> None:
    found = result(UPDATED, observed(f"v1:{A}", f"v2:{C}"), mode=mode, attempt=updated(seen=1))

    assert ("updated", False, True) == (found.outcome_name, found.planned, found.changed)


# ---------------------------------------------------------------- plans


@pytest.mark.parametrize("step", [Upload(may_replace=True), Update()])
def test_plan_before_a_new_version_would_update(step: Step) -> None:
    found = result(step, observed(f"v1:{A}"), mode="plan")

    assert ("would-update", "A new version would be created from this file.", True) == (
        found.outcome_name,
        found.message,
        found.changed,
    )


def test_plan_names_the_version_to_adopt() -> None:
    found = result(Upload(may_replace=True), observed("v1:by hand"), mode="plan")

    assert (True, history("v1:by hand")[0]) == (found.adopted, found.replaced)


def test_plan_without_a_package_would_create_it() -> None:
    found = result(Upload(may_replace=True), Observed(BEGAN, None), mode="plan")

    assert ("would-create", "The package would be created.") == (found.outcome_name, found.message)


def test_plan_before_associations_would_apply() -> None:
    found = result(Associate(("search-eu", "search-us")), observed(f"v1:{A}"), mode="plan")

    assert "would-apply" == found.outcome_name
    assert "The available version would be associated with search-eu, search-us." == found.message


HELD = Done("held", "Someone rolled back.")


@pytest.mark.parametrize(
    ("step", "said", "changed"),
    [
        (
            Associate(("search",), file_result=HELD),
            "The available version would be associated with search.",
            True,
        ),
        (
            Wait("v4 is being associated with search", file_result=HELD),
            "In progress: v4 is being associated with search.",
            False,
        ),
    ],
)
@pytest.mark.parametrize(("mode", "name"), [("plan", "would-be-held"), ("check", "held")])
def test_plan_reports_a_kept_package_unchanged(
    step: Step, said: str, mode: Mode, name: str, *, changed: bool
) -> None:
    found = result(step, observed(f"v1:{A}"), mode=mode)

    expected = (name, f"Someone rolled back. {said}", changed)
    assert expected == (found.outcome_name, found.message, found.changed)


@pytest.mark.parametrize("step", [Refuse("package-not-found", ""), Refuse("invalid-dictionary", "")])
def test_failure_in_a_plan_is_in_the_present_tense(step: Refuse) -> None:
    assert result(step, observed(f"v1:{A}"), mode="plan").outcome_name in {"failed", "invalid"}


@pytest.mark.parametrize("mode", ["plan", "check"])
@pytest.mark.parametrize("entries", [(f"v1:{C}",), (f"v1:{A}",)], ids=["this commit's", "the same content"])
def test_plan_blocked_by_a_busy_domain_creates_no_version(entries: tuple[str, ...], mode: Mode) -> None:
    seen = observed(*entries, contents={A: "new", C: "new"})
    found = result(Wait("the package is COPYING"), seen, mode=mode)

    assert ("would-apply", "In progress: the package is COPYING.") == (
        found.outcome_name,
        found.message,
    )


@pytest.mark.parametrize("outcome", ["updated", "created", "applied"])
@pytest.mark.parametrize(("mode", "name"), [("plan", "would-be-unchanged"), ("check", "unchanged")])
def test_deployed_content_without_writes_is_unchanged(mode: Mode, name: str, outcome: Outcome) -> None:
    found = result(Done(outcome, UPDATED.message), observed("v1:by hand", f"v2:{C}"), mode=mode)

    assert (name, UPDATED.message, False) == (found.outcome_name, found.message, found.changed)
    assert (False, None) == (found.adopted, found.replaced)


@pytest.mark.parametrize(("outcome", "name"), [("held", "would-be-held"), ("drifted", "would-be-drifted")])
def test_kept_package_without_writes_is_reported_unchanged(outcome: Outcome, name: str) -> None:
    assert name == result(Done(outcome, ""), observed(f"v1:{A}"), mode="plan").outcome_name
    assert outcome == result(Done(outcome, ""), observed(f"v1:{A}"), mode="check").outcome_name


@pytest.mark.parametrize("mode", ["plan", "check"])
def test_timed_out_run_without_writes_changed_nothing(mode: Mode) -> None:
    assert not result(Refuse("timed-out", ""), observed(f"v1:{A}", f"v2:{C}"), mode=mode).changed


def test_check_before_a_write_reports_the_planned_change() -> None:
    found = result(Upload(may_replace=True), observed(f"v1:{A}"), mode="check")

    assert ("would-update", True) == (found.outcome_name, found.changed)


@pytest.mark.parametrize(
    ("outcome", "remedy"),
    [
        ("superseded", "Nothing to do if the latest run on the branch succeeded."),
        ("held", "To deploy it again, merge a change to the file"),
    ],
)
def test_kept_package_has_a_remedy(outcome: Outcome, remedy: str) -> None:
    seen, step = observed(f"v1:{A}"), Done(outcome, "")

    assert all(result(step, seen, mode=mode).remedy.startswith(remedy) for mode in ("deploy", "plan"))
    assert "" == result(step, seen, mode="check").remedy  # which has remedies of its own


def test_plan_of_an_uncommitted_file_has_no_commit() -> None:
    wanted, seen = replace(WANTED, commit=NO_COMMIT), observed(f"v1:{A}")
    step = Upload(may_replace=True)

    found = conclude(wanted, seen, step, mode="plan", attempt=FRESH, url="s3://bucket/{}".format)

    assert ("", A, "would-update") == (found.commit, found.previous_commit, found.outcome_name)


# ---------------------------------------------------------------- without AWS


def test_unreadable_file_is_invalid() -> None:
    why = Explanation("invalid-dictionary", "There is no such file.", "Correct `file`.")
    expected = Result(
        DICTIONARY,
        "invalid",
        "There is no such file.",
        reason="invalid-dictionary",
        remedy="Correct `file`.",
        commit=C,
    )

    assert expected == conclude_unreadable(DICTIONARY, C, why)


def test_valid_file_with_warnings_is_valid() -> None:
    expected = Result(DICTIONARY, "unchanged", "The file is valid.", problems=FOUND.problems)

    assert expected == conclude_validated(DICTIONARY, FOUND)


def test_file_with_a_veto_is_invalid() -> None:
    vetoed = replace(FOUND, veto=VETOED.veto)
    found = conclude_validated(DICTIONARY, vetoed)

    assert ("invalid", "It is empty.", "invalid-dictionary", "Fill it.") == (
        found.outcome,
        found.message,
        found.reason,
        found.remedy,
    )


def test_file_that_is_not_validated_in_time_is_a_failure() -> None:
    for reason in ("timed-out", "interrupted"):
        late = Review(veto=Refuse(reason, "Late."))

        found = conclude_validated(DICTIONARY, late)

        assert ("failed", reason) == (found.outcome, found.reason)


@pytest.mark.parametrize(
    ("place", "outcome", "is_rolled_back"),
    [
        ("moved", "updated", True),
        ("moved", "unchanged", True),
        ("untracked", "updated", True),
        ("moved", "superseded", False),
        ("tip", "updated", False),
        ("same", "updated", False),
    ],
)
def test_rollback_from_another_file_holds_it(place: Place, outcome: Outcome, *, is_rolled_back: bool) -> None:
    seen = replace(observed(f"v1:{A}", f"v2:{C}"), standing=branch(place))

    modes: tuple[tuple[Wanted, Mode], ...] = ((ROLLBACK, "rollback"), (WANTED, "deploy"))
    found = [
        conclude(wanted, seen, Done(outcome, ""), mode=mode, attempt=FRESH, url=str).is_rolled_back
        for wanted, mode in modes
    ]

    assert [is_rolled_back, False] == found


def test_remedy_of_the_last_step_goes_first() -> None:
    step, seen = Done("superseded", "", "Look at v3."), observed(f"v1:{A}")

    assert "Look at v3." == result(step, seen).remedy
    assert "" == result(step, seen, mode="check").remedy


def test_superseded_rollback_is_a_failure() -> None:
    step = Done("superseded", "Version v3 replaced v2, the version of this commit.")
    seen = observed("v1:", f"v2:{C}", "v3:")

    ended = result(step, seen, mode="rollback")

    assert ("failed", "update-failed") == (ended.outcome, ended.reason)
    assert ended.message == f"Nothing was rolled back. {step.message}"
    assert "superseded" == result(step, seen).outcome
