"""The plan for a pull request from a fork: validation and the diff against the base, without AWS."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from dictionary_deploy.context import RunContext
from dictionary_deploy.decide.result import outcome_of
from dictionary_deploy.deploy.task import DictionaryTask
from dictionary_deploy.dictionaries.review import is_read_whole
from dictionary_deploy.errors import GithubError
from dictionary_deploy.events.trigger import Trigger
from dictionary_deploy.github_api import connect
from dictionary_deploy.github_api.commits import Commits
from dictionary_deploy.model import Result
from dictionary_deploy.run.timely_review import review_in_time

NOTE = (
    "AWS is not accessed for code from another repository. The diff is against the pull request's base, not"
    " against the deployed content."
)


def plan_without_aws(context: RunContext, trigger: Trigger, tasks: Sequence[DictionaryTask]) -> list[Result]:
    """Return a result without a package for each dictionary."""
    with ExitStack() as stack:
        content_at_base = _content_at_base(stack, context, trigger)
        return [_plan_dictionary(context, task, content_at_base) for task in tasks]


def _content_at_base(
    stack: ExitStack, context: RunContext, trigger: Trigger
) -> Callable[[str], bytes | None]:
    """Return the function that reads a file at the base of the pull request; it returns None if unknown."""
    api, token = context.settings.github_api, context.settings.github_token
    try:
        commits = Commits(
            stack.enter_context(connect(api, token, context.clock, lambda: context.deadline.remaining))
        )
        # A workflow run has no base. Its commit is not merged, so the tip may have newer entries.
        base = trigger.base or commits.merge_base(trigger.branch, trigger.commit)
    except GithubError as error:
        context.console.warning(f"The base of the pull request cannot be read. {error}")
        return lambda _: None

    def content(file: str) -> bytes | None:
        try:
            return commits.content(base, file)
        except GithubError as error:
            context.console.warning(f"{file} cannot be read at {base}. {error}")
            return None

    return content


def _plan_dictionary(
    context: RunContext, task: DictionaryTask, content_at_base: Callable[[str], bytes | None]
) -> Result:
    wanted = task.wanted
    before = None
    if is_read_whole(wanted.dictionary, wanted.content.size):
        before = content_at_base(wanted.dictionary.file)
    found = review_in_time(
        wanted.dictionary,
        task.source,
        before,
        deadline=context.deadline,
        interruption=context.interruption,
    )
    is_same = before is not None and hashlib.sha256(before).hexdigest() == wanted.content.sha256
    message = (
        "The file is unchanged since the base."
        if is_same
        else "A merge would deploy this file unless it is already deployed."
    )
    return Result(
        dictionary=wanted.dictionary,
        outcome=outcome_of(found.veto.reason) if found.veto else "unchanged" if is_same else "updated",
        message=found.veto.message if found.veto else message,
        planned=True,
        reason=found.veto.reason if found.veto else "",
        remedy=found.veto.remedy if found.veto else "",
        changed=not found.veto and not is_same,
        commit=wanted.commit,
        sha256=wanted.content.sha256,
        diff=None if is_same else found.diff,
        problems=found.problems,
    )
