from __future__ import annotations

import pytest

from dictionary_deploy.errors import EventError
from dictionary_deploy.events.trigger import Trigger, at_head, check_asserted_branch, no_branch, outside
from dictionary_deploy.model import Mode

ONE = "1" * 40
TWO = "2" * 40
THREE = "3" * 40


def refusal_outside(mode: Mode, head: str | None, branch: str) -> EventError:
    with pytest.raises(EventError) as caught:
        outside(mode, head, branch)
    return caught.value


@pytest.mark.parametrize("mode", ["plan", "deploy", "check", "rollback"])
def test_commit_outside_github_is_the_checked_out_one(mode: Mode) -> None:
    assert Trigger(mode, "main", ONE) == outside(mode, ONE, "main")


def test_mode_auto_is_rejected_outside_github() -> None:
    error = refusal_outside("auto", ONE, "main")

    assert error.reason == "invalid-config"
    assert error.remedy == "Set the mode to one of validate, plan, deploy, check, rollback."


def test_missing_checkout_is_rejected_outside_github() -> None:
    assert refusal_outside("deploy", None, "main").reason == "not-checked-out"


@pytest.mark.parametrize("head", [ONE, TWO])
def test_each_allowed_head_becomes_the_commit(head: str) -> None:
    trigger = Trigger("plan", "main", ONE, heads=(ONE, TWO))

    assert Trigger("plan", "main", head, heads=(ONE, TWO)) == at_head(trigger, head)


def test_other_head_is_rejected_with_the_ref_to_set() -> None:
    trigger = Trigger("deploy", "main", ONE, heads=(ONE,), ref="${{ github.sha }}")

    with pytest.raises(EventError) as caught:
        at_head(trigger, THREE)

    assert caught.value.reason == "not-checked-out"
    assert caught.value.message == f"Commit {THREE} is checked out, but this event is for commit {ONE}."
    assert caught.value.remedy == "Set `ref: ${{ github.sha }}` for actions/checkout."


@pytest.mark.parametrize("event", ["push", "schedule", "workflow_dispatch", "repository_dispatch"])
def test_missing_checkout_keeps_the_events_commit(event: str) -> None:
    trigger = Trigger("deploy", "main", ONE, heads=(ONE,))

    assert trigger == at_head(trigger, None, event)


@pytest.mark.parametrize("mode", ["deploy", "check"])
@pytest.mark.parametrize("event", ["pull_request", "pull_request_target", "workflow_run", "release"])
def test_missing_checkout_is_rejected_on_other_events(mode: Mode, event: str) -> None:
    with pytest.raises(EventError) as caught:
        at_head(Trigger(mode, "main", ONE, heads=(ONE,)), None, event)

    assert caught.value.reason == "not-checked-out"


def test_plan_without_a_checkout_keeps_the_events_commit() -> None:
    trigger = Trigger("plan", "main", ONE, heads=(ONE,))

    assert trigger == at_head(trigger, None, "pull_request")


@pytest.mark.parametrize("mode", ["plan", "check", "rollback", "deploy"])
def test_commit_of_the_checkout_needs_a_checkout(mode: Mode) -> None:
    with pytest.raises(EventError, match=f"Mode `{mode}` needs a checked-out commit"):
        at_head(Trigger(mode, "main"), None, "schedule")


@pytest.mark.parametrize("asserted", [None, "main"])
def test_asserted_branch_may_be_missing_or_the_deployed_one(asserted: str | None) -> None:
    check_asserted_branch(asserted, "main")


def test_other_asserted_branch_is_rejected_with_the_line_to_add() -> None:
    with pytest.raises(EventError) as caught:
        check_asserted_branch("release", "main")

    assert caught.value.reason == "wrong-branch"
    assert "The configuration has `branch: release`, but this run is for the branch main." == str(
        caught.value.message
    )
    assert "`with: branch: release`" in caught.value.remedy
    assert "`--branch release`" in caught.value.at_terminal


def test_unknown_branch_names_the_setting() -> None:
    assert "Set the input `branch`." == no_branch().remedy
    assert "Set `--branch`, or add the remote `origin`." == no_branch().at_terminal
