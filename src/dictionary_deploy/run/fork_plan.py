"""A plan for a fork, about which AWS is not asked: validation, and the diff against the base."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from dictionary_deploy.context import RunContext
from dictionary_deploy.decide import Review
from dictionary_deploy.deploy.task import DictionaryTask
from dictionary_deploy.dictionaries.review import is_read_whole, review
from dictionary_deploy.errors import GithubError
from dictionary_deploy.events.trigger import Trigger
from dictionary_deploy.github_api import connect
from dictionary_deploy.github_api.commits import Commits
from dictionary_deploy.model import Result

NOTE = (
    "AWS is not asked about the code of another repository, so that nothing was compared with what is"
    " deployed: this is the difference to the pull request's base."
)


def plan_without_aws(context: RunContext, trigger: Trigger, tasks: Sequence[DictionaryTask]) -> list[Result]:
    """A result for each dictionary; none of them knows a package."""
    with ExitStack() as stack:
        content_at_base = _content_at_base(stack, context, trigger)
        return [_planned(task, content_at_base) for task in tasks]


def _content_at_base(
    stack: ExitStack, context: RunContext, trigger: Trigger
) -> Callable[[str], bytes | None]:
    """What a file said at the base of the pull request; None when nobody knows."""
    if context.settings.github is None or not trigger.base:
        return lambda _: None
    api, token = context.settings.github, context.settings.github_token
    try:
        commits = Commits(stack.enter_context(connect(api, token, context.clock)))
    except GithubError as error:
        context.console.warning(f"The base of the pull request cannot be read. {error}")
        return lambda _: None

    def content(file: str) -> bytes | None:
        try:
            return commits.content(trigger.base, file)
        except GithubError as error:
            context.console.warning(f"{file} cannot be read at {trigger.base}. {error}")
            return None

    return content


def _planned(task: DictionaryTask, content_at_base: Callable[[str], bytes | None]) -> Result:
    wanted = task.wanted
    before = None
    if is_read_whole(wanted.dictionary, wanted.content.size):
        before = content_at_base(wanted.dictionary.file)
    found: Review = review(wanted.dictionary, task.source, before)
    is_same = before is not None and hashlib.sha256(before).hexdigest() == wanted.content.sha256
    changed = (
        "The file is as at the base." if is_same else "A merge would deploy this file, if it is not deployed."
    )
    return Result(
        dictionary=wanted.dictionary,
        outcome="invalid" if found.veto else "unchanged" if is_same else "updated",
        message=found.veto.message if found.veto else changed,
        planned=True,
        reason=found.veto.reason if found.veto else "",
        remedy=found.veto.remedy if found.veto else "",
        changed=not found.veto and not is_same,
        commit=wanted.commit,
        sha256=wanted.content.sha256,
        diff=None if is_same else found.diff,
        problems=found.problems,
    )
