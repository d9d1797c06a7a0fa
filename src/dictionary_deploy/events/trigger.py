"""The trigger of a run in and outside of GitHub's runner."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dictionary_deploy.errors import EventError
from dictionary_deploy.model import MODES, Mode

NAMED_MODES = ", ".join(mode for mode in MODES if mode != "auto")


@dataclass(frozen=True, slots=True)
class Trigger:
    """The mode, commit, branch and pull request of a run."""

    mode: Mode
    """Never `auto`."""
    branch: str
    """Name of the branch that deploys come from. Empty in `validate`, which needs none."""
    commit: str = ""
    """The event's commit. Empty: the checked-out one (see `at_head`)."""
    heads: tuple[str, ...] = ()
    """The commits that HEAD may be. Empty: any."""
    ref: str = ""
    """The `ref` of actions/checkout that checks out `commit`."""
    base: str = ""
    """The base commit of a pull request or merge group, to compare with when AWS must not be used."""
    pull_request: int | None = None
    """The event's own pull request."""
    is_fork: bool = False
    """True if the code comes from another repository: AWS is not used until it is merged."""
    repository_id: str = ""
    by_order: bool = False
    """True if the order of commits decides instead of the branch's tip: for tags and releases."""
    nothing: str = ""
    """The reason that there is nothing to do, a sentence; empty otherwise. The run succeeds."""


def outside(mode: Mode, head: str | None, branch: str | None) -> Trigger:
    """Return the trigger outside of GitHub's runner: the checked-out commit in an explicit mode."""
    if mode == "auto":
        raise EventError(
            "invalid-config",
            "Mode `auto` needs an event of GitHub's runner.",
            f"Set the mode to one of {NAMED_MODES}.",
        )
    if mode == "validate":
        return Trigger("validate", branch or "")
    if not branch:
        raise no_branch()
    return at_head(Trigger(mode, branch), head)


def at_head(trigger: Trigger, head: str | None) -> Trigger:
    """Return the trigger with the checked-out commit `head`; unchanged if `head` is None.

    Raises EventError (`not-checked-out`) if the event is about another commit.
    """
    if head is None and not trigger.commit and trigger.mode != "validate":
        raise EventError(
            "not-checked-out",
            f"Mode `{trigger.mode}` needs a checked-out commit, but there is no checkout.",
            "Run actions/checkout before this step.",
            at_terminal="Run the command in a clone of the repository, not in an export of its files.",
        )
    if head is not None and trigger.heads and head not in trigger.heads:
        raise EventError(
            "not-checked-out",
            f"Commit {head} is checked out, but this event is for commit {trigger.commit}.",
            f"Set `ref: {trigger.ref}` for actions/checkout.",
        )
    return replace(trigger, commit=head or trigger.commit)


def no_branch() -> EventError:
    return EventError(
        "invalid-config",
        "The branch that deploys come from is unknown.",
        "Set `branch` in the configuration.",
    )
