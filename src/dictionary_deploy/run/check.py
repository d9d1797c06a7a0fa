"""Mode `check`: judge the tip of the branch, and allow for deploys that may still be in progress."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from dictionary_deploy.context import RunContext
from dictionary_deploy.errors import DeployError, EventError
from dictionary_deploy.events.trigger import Trigger
from dictionary_deploy.model import Config, Result, Standing
from dictionary_deploy.report.check_findings import defer, differing_files, may_be_deferred
from dictionary_deploy.run import aside

if TYPE_CHECKING:
    from dictionary_deploy.aws.lock import Lock

T = TypeVar("T")

MAX_NAMED_FILES = 5


def trigger_at_tip(context: RunContext, config: Config, trigger: Trigger) -> Trigger:
    """Return the trigger with the branch's tip as its commit.

    Raises EventError (`not-checked-out`) if the configuration or a dictionary differs there. AWS is not
    called before: the configuration of another commit would choose the bucket.
    """
    files = [config.path, *(dictionary.file for dictionary in config.dictionaries)]
    standing = aside.call(
        lambda: context.host.standing(trigger.branch, trigger.commit, files, [], is_plan=False), context
    )
    if differing := differing_files(standing, trigger.commit, files):
        raise _not_the_tip(context, trigger, standing, differing)
    return replace(trigger, commit=standing.tip)


def _not_the_tip(
    context: RunContext, trigger: Trigger, standing: Standing, differing: Sequence[str]
) -> EventError:
    branch, github = trigger.branch, context.settings.github
    # A checkout that is not of the event's commit has a `ref`.
    has_ref = github is not None and trigger.commit != github.sha and _is_on_branch(standing)
    moved_on = "the branch has moved on: run the check again."
    more = f" and {len(differing) - MAX_NAMED_FILES} more" if len(differing) > MAX_NAMED_FILES else ""
    return EventError(
        "not-checked-out",
        f"Commit {trigger.commit} is checked out, but the tip of {branch} is {standing.tip}. They differ in"
        f" {', '.join(differing[:MAX_NAMED_FILES])}{more}.",
        moved_on.capitalize()
        if has_ref
        else f"Set `ref: {branch}` for actions/checkout. If it is set, {moved_on}",
        at_terminal=f"Check out the tip of {branch}, then run the check again.",
    )


def _is_on_branch(standing: Standing) -> bool:
    return not {"off-branch", "unknown"} & {*standing.files.values()}


def defer_pending(
    context: RunContext, lock: Lock, trigger: Trigger, results: Sequence[Result]
) -> list[Result]:
    """Return the results, with notes instead of findings where a deploy may still be in progress."""
    if not any(map(may_be_deferred, results)):
        return [*results]
    holder = _call_or_warn(context, lock.holder, "")
    age = None if holder else _call_or_warn(context, lambda: context.host.age(trigger.commit), None)
    return [defer(result, holder, age) for result in results]


def _call_or_warn(context: RunContext, call: Callable[[], T], default: T) -> T:
    """Return the result of the call; `default`, with a warning, if it fails."""
    try:
        return aside.call(call, context, "the check was complete")
    except DeployError as error:
        context.console.warning(f"It is unknown whether a deploy is in progress. {error}")
        return default
