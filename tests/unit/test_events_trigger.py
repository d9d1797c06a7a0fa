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
def test_outside_github_the_commit_is_the_one_checked_out(mode: Mode) -> None:
    assert Trigger(mode, "main", ONE) == outside(mode, ONE, "main")


def test_outside_github_auto_has_nothing_to_go_by() -> None:
    error = refusal_outside("auto", ONE, "main")

    assert error.reason == "invalid-config"
    assert error.remedy == "Name a mode: validate, plan, deploy, check, rollback."


def test_outside_github_validate_needs_neither_checkout_nor_branch() -> None:
    assert Trigger("validate", "") == outside("validate", None, None)


def test_outside_github_a_branch_has_to_be_known() -> None:
    assert refusal_outside("plan", ONE, None).remedy == "Set `branch:` in the configuration."


def test_outside_github_a_checkout_has_to_be_there() -> None:
    assert refusal_outside("deploy", None, "main").reason == "not-checked-out"


@pytest.mark.parametrize("head", [ONE, TWO])
def test_any_of_the_heads_will_do_and_becomes_the_commit(head: str) -> None:
    trigger = Trigger("plan", "main", ONE, heads=(ONE, TWO))

    assert Trigger("plan", "main", head, heads=(ONE, TWO)) == at_head(trigger, head)


def test_another_head_is_refused_with_the_ref_to_set() -> None:
    trigger = Trigger("deploy", "main", ONE, heads=(ONE,), ref="${{ github.sha }}")

    with pytest.raises(EventError) as caught:
        at_head(trigger, THREE)

    assert caught.value.reason == "not-checked-out"
    assert caught.value.message == f"The commit {THREE} is checked out, and this event is about {ONE}."
    assert caught.value.remedy == "Give actions/checkout `ref: ${{ github.sha }}`."


def test_without_a_checkout_the_events_commit_stands() -> None:
    trigger = Trigger("deploy", "main", ONE, heads=(ONE,))

    assert trigger == at_head(trigger, None)


def test_a_rollback_without_a_checkout_is_refused() -> None:
    with pytest.raises(EventError, match="Mode rollback works on the commit that is checked out"):
        at_head(Trigger("rollback", "main"), None)


def test_validate_without_a_checkout_is_none_the_worse() -> None:
    assert Trigger("validate", "") == at_head(Trigger("validate", ""), None)
