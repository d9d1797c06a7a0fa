from __future__ import annotations

import pytest

from dictionary_deploy.errors import EventError
from dictionary_deploy.events.trigger import Trigger, at_head, outside
from dictionary_deploy.model import Mode

ONE = "1" * 40
TWO = "2" * 40
THREE = "3" * 40


def refusal_outside(mode: Mode, head: str | None, branch: str | None) -> EventError:
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


def test_validate_outside_github_needs_no_checkout_and_branch() -> None:
    assert Trigger("validate", "") == outside("validate", None, None)


def test_unknown_branch_is_rejected_outside_github() -> None:
    assert refusal_outside("plan", ONE, None).remedy == "Set `branch` in the configuration."


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


def test_missing_checkout_keeps_the_events_commit() -> None:
    trigger = Trigger("deploy", "main", ONE, heads=(ONE,))

    assert trigger == at_head(trigger, None)


def test_rollback_without_a_checkout_is_rejected() -> None:
    with pytest.raises(EventError, match="Mode `rollback` needs a checked-out commit"):
        at_head(Trigger("rollback", "main"), None)


def test_validate_needs_no_checkout() -> None:
    assert Trigger("validate", "") == at_head(Trigger("validate", ""), None)
