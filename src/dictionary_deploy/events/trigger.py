"""The trigger of a run in and outside of GitHub's runner."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dictionary_deploy.errors import EventError, inline_code
from dictionary_deploy.model import MODES, Mode

NAMED_MODES = ", ".join(mode for mode in MODES if mode != "auto")

EVENTS_WITHOUT_GIT = frozenset({"push", "schedule", "workflow_dispatch", "repository_dispatch"})
"""Events that only users with write access can cause: their files are trusted without git."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """The mode, commit, branch and pull request of a run."""

    mode: Mode
    """Never `auto`."""
    branch: str
    """Name of the branch that deploys come from."""
    commit: str = ""
    """The event's commit. Empty: the checked-out one (see `at_head`)."""
    heads: tuple[str, ...] = ()
    """The commits that HEAD may be. Empty: any."""
    ref: str = ""
    """The `ref` of actions/checkout that checks out `commit`."""
    base: str = ""
    """The commit of the branch that a plan compares the configuration with; without AWS, also the files."""
    pull_request: int | None = None
    """The event's own pull request."""
    is_fork: bool = False
    """True if the code comes from another repository: AWS is not used until it is merged."""
    repository_id: str = ""
    by_order: bool = False
    """True if the order of commits decides instead of the branch's tip: for tags and releases."""
    is_on_branch: bool = False
    """True if the commit of a plan is known to be on the branch."""
    nothing: str = ""
    """The reason that there is nothing to do, a sentence; empty otherwise. The run succeeds."""
    has_left_branch: bool = False
    """True if the pull request targeted the branch until this event: a comment about it is stale."""


def outside(mode: Mode, head: str | None, branch: str) -> Trigger:
    """Return the trigger outside of GitHub's runner: the checked-out commit in an explicit mode."""
    if mode == "auto":
        raise EventError(
            "invalid-config",
            "Mode `auto` needs an event of GitHub's runner.",
            f"Set the mode to one of {NAMED_MODES}.",
        )
    return at_head(Trigger(mode, branch), head)


def at_head(trigger: Trigger, head: str | None, event: str = "") -> Trigger:
    """Return the trigger with the checked-out commit `head`; None without `.git`.

    Raises EventError (`not-checked-out`) if the event is about another commit, or if it needs proof that the
    files are the commit's.
    """
    needs_proof = trigger.mode != "plan" and event not in EVENTS_WITHOUT_GIT
    if head is None and (needs_proof or not trigger.commit):
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


def check_asserted_branch(asserted: str | None, branch: str) -> None:
    """Raise EventError (`wrong-branch`) if the configuration asserts another branch than the deployed one."""
    if asserted not in (None, branch):
        raise EventError(
            "wrong-branch",
            f"The configuration has {inline_code(f'branch: {asserted}')}, but this run is for the branch"
            f" {branch}.",
            f"To deploy that branch, add {inline_code(f'with: branch: {asserted}')} to the action's step in"
            " the workflow. Otherwise, fix `branch` in the configuration.",
            at_terminal=f"To deploy that branch, set {inline_code(f'--branch {asserted}')}. Otherwise, fix"
            " `branch` in the configuration.",
        )


def no_branch() -> EventError:
    return EventError(
        "invalid-config",
        "The branch that deploys come from is unknown.",
        "Set the input `branch`.",
        at_terminal="Set `--branch`, or add the remote `origin`.",
    )
