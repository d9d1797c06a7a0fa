"""What a run is for, however it was started."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dictionary_deploy.errors import EventError
from dictionary_deploy.model import MODES, Mode

NAMED_MODES = ", ".join(mode for mode in MODES if mode != "auto")


@dataclass(frozen=True, slots=True)
class Trigger:
    """What a run is for."""

    mode: Mode
    """Never `auto`."""
    branch: str
    """Short, as in the configuration: deploys come from it. Empty in `validate`, which needs none."""
    commit: str = ""
    """The event's commit. Empty: the one that is checked out, whichever it is (see `at_head`)."""
    heads: tuple[str, ...] = ()
    """The commits that the checkout's HEAD may be; empty: any."""
    ref: str = ""
    """What to give actions/checkout as `ref:` to have `commit` checked out."""
    base: str = ""
    """Of a pull request or a merge group: the commit it is to be compared with, when AWS cannot be asked."""
    pull_request: int | None = None
    """The event's own pull request."""
    is_fork: bool = False
    """Whether the code comes (or came) from another repository: until it is merged, AWS is not asked."""
    repository_id: str = ""
    by_order: bool = False
    """Whether the order of commits decides instead of the branch's tip: for tags and releases."""
    nothing: str = ""
    """When there is nothing to do: why, in a sentence. The run is green then."""


def outside(mode: Mode, head: str | None, branch: str | None) -> Trigger:
    """The trigger of the command outside GitHub's runner: what is checked out, in a mode that is named."""
    if mode == "auto":
        raise EventError(
            "invalid-config",
            "Outside GitHub there is no event that mode auto could go by.",
            f"Name a mode: {NAMED_MODES}.",
        )
    if mode == "validate":
        return Trigger("validate", branch or "")
    if not branch:
        raise no_branch()
    return at_head(Trigger(mode, branch), head)


def at_head(trigger: Trigger, head: str | None) -> Trigger:
    """The trigger with the commit that is checked out; unchanged when there is no telling (`head` is None).

    Raises EventError (`not-checked-out`) when the event is about another commit.
    """
    if head is None and not trigger.commit and trigger.mode != "validate":
        raise EventError(
            "not-checked-out",
            f"Mode {trigger.mode} works on the commit that is checked out, and there is no checkout.",
            "Check the repository out with actions/checkout.",
            at_terminal="Run it within a clone of the repository, not in an export of its files.",
        )
    if head is not None and trigger.heads and head not in trigger.heads:
        raise EventError(
            "not-checked-out",
            f"The commit {head} is checked out, and this event is about {trigger.commit}.",
            f"Give actions/checkout `ref: {trigger.ref}`.",
        )
    return replace(trigger, commit=head or trigger.commit)


def no_branch() -> EventError:
    return EventError(
        "invalid-config",
        "Nothing says which branch deploys come from.",
        "Set `branch:` in the configuration.",
    )
