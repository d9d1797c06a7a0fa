"""Publish the report: log, annotations, step summary, comment on the pull request, outputs."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from concurrent.futures import wait
from dataclasses import replace

from dictionary_deploy.clock import LOCK_POLL_SECONDS, MAX_LATE_COMMENT_SECONDS
from dictionary_deploy.context import RunContext
from dictionary_deploy.errors import DeployError, GithubError, unexpected_error
from dictionary_deploy.events.trigger import Trigger
from dictionary_deploy.github_api import connect
from dictionary_deploy.github_api.comments import Comments, PullRequest
from dictionary_deploy.model import Report
from dictionary_deploy.report.annotations import MAX_ANNOTATIONS, annotations_of
from dictionary_deploy.report.log import ChangedEntry, log_lines
from dictionary_deploy.report.outputs import json_values, outputs
from dictionary_deploy.report.render import has_news, marker, render_comment, render_nothing, render_summary
from dictionary_deploy.report.wording import full_message
from dictionary_deploy.run import aside
from dictionary_deploy.settings import GithubApi

NO_DEPLOY = "Its merge deploys nothing."


def publish(context: RunContext, report: Report, trigger: Trigger | None) -> None:
    """Write outputs, log, annotations, step summary and comment. Failures are warnings.

    The outputs come first: GitHub may kill a run that is stopped before it has commented.
    """
    host, console = context.host, context.console
    console.outputs(outputs(report))
    if trigger and trigger.nothing:
        console.info(f"Nothing to do. {trigger.nothing}")
        console.summary(render_nothing(report, trigger.nothing))
        url = ""
        if trigger.has_left_branch:
            note = replace(report, notes=(f"{trigger.nothing} {NO_DEPLOY}",))
            url = _comment_in_time(context, note, trigger)
            console.outputs({"comment-url": url})
        console.json(json_values(report, url))
        return
    with console.group("Result"):
        for line in log_lines(report, context.settings.limit):
            if isinstance(line, ChangedEntry):
                console.entry(line, line.sign)
            else:
                console.info(line)
    # GitHub shows only ten annotations of a level.
    logged = {full_message(each) for each in (report.failure, *report.results) if each}
    for annotation in annotations_of(report, MAX_ANNOTATIONS if host.in_workflow else None):
        console.annotate(replace(annotation, is_logged=annotation.message in logged))
    if host.in_workflow:
        console.summary(render_summary(report))
    url = _comment_in_time(context, report, trigger)
    if url:
        console.outputs({"comment-url": url})
    console.json(json_values(report, url, context.settings.limit))


def _comment_in_time(context: RunContext, report: Report, trigger: Trigger | None) -> str:
    """Same as `_comment`; skip the comment if the run is stopped or has timed out."""

    def must_end() -> bool:
        return bool(context.interruption) or context.deadline.overtime >= MAX_LATE_COMMENT_SECONDS

    if not must_end():
        future = aside.start(lambda: _comment(context, report, trigger))
    while not must_end():
        if wait([future], LOCK_POLL_SECONDS).done:
            return future.result()
    why = "was stopped" if context.interruption else "has timed out"
    context.console.info(f"The run {why}: no comment was posted. {_elsewhere(context)}")
    return ""


def _comment(context: RunContext, report: Report, trigger: Trigger | None) -> str:
    """Update our comment on each pull request; return the first one's URL, empty without one."""
    settings = context.settings
    number = settings.pull_request or (trigger.pull_request if trigger else None)
    # A check is not about a commit: the comment on the last one's pull request reports its deploy.
    has_pull_request = number or (trigger and report.mode != "check")
    is_enabled = context.host.posts_comments and settings.comment != "never" and settings.mode != "validate"
    if not (has_pull_request and is_enabled):
        return ""
    try:
        api = context.host.comment_api()
        complete = replace(report, repository=api.repository, server_url=api.server_url)
        has_left = trigger is not None and trigger.has_left_branch
        return _comment_everywhere(context, api, complete, number, has_left=has_left)
    except DeployError as error:
        _warn(context, error)
    except Exception as error:  # noqa: BLE001 a comment must not fail a deploy
        for line in traceback.format_exc().splitlines():
            context.console.debug(line)
        _warn(context, unexpected_error(error))
    return ""


def _comment_everywhere(
    context: RunContext, api: GithubApi, report: Report, number: int | None, *, has_left: bool
) -> str:
    """Comment on pull request `number`, else on those of the commit. With `has_left`, only update."""
    settings, console = context.settings, context.console
    urls, key = [], marker(report.config_path, report.environment)
    is_due = not has_left and (settings.comment == "always" or has_news(report))

    def render(limit: int) -> str:
        return console.redact_markdown(render_comment(report, key, limit))

    def max_wait() -> float:
        return context.deadline.remaining + MAX_LATE_COMMENT_SECONDS - context.deadline.overtime

    with connect(api, settings.github_token, context.clock, max_wait) as client:
        comments = Comments(client)
        if number:
            found: tuple[PullRequest, ...] = (comments.pull_request(number),)
        else:
            found = comments.merged_by(report.commit, report.branch, _since(report))
            undone = _undone_pull_requests(context, comments, report)
            note = _rollback_note(report, undone) if undone else _deploy_note(found)
            found = tuple(dict.fromkeys((*found, *undone)))
            if note:
                console.info(note)
                report = replace(report, notes=(*report.notes, note))
        if not found:
            console.info(f"No pull request merged {report.commit}: the step summary has the report.")
        for pull_request in found:
            number = pull_request.number
            try:
                if not (is_due or comments.find(number, key)):
                    continue
                is_for_open = has_left or report.mode == "plan"
                if url := comments.publish(number, key, render, unless_merged=is_for_open):
                    urls.append(url)
                    console.info(f"Commented: {url}")
                else:
                    console.info(f"Pull request {number} is already merged: its comment reports the deploy.")
            except GithubError as error:
                _warn(context, error)
    return urls[0] if urls else ""


def _deploy_note(found: Sequence[PullRequest]) -> str:
    """Return a note about several pull requests, such as those of dropped or failed runs; else empty."""
    if len(found) <= 1:
        return ""
    return f"This run deployed the changes of several pull requests: {_numbers(found)}. Each has this report."


def _undone_pull_requests(context: RunContext, comments: Comments, report: Report) -> tuple[PullRequest, ...]:
    """Return the pull requests that this rollback undid: they may still report that their change is live."""
    since = {result.dictionary.file: report.commit for result in report.results if result.is_rolled_back}
    if not since:
        return ()
    try:
        return comments.merged_since(report.branch, since)
    except GithubError as error:
        context.console.warning(f"The rolled-back pull requests are unknown and get no comment. {error}")
        return ()


def _rollback_note(report: Report, undone: Sequence[PullRequest]) -> str:
    """Return a note about the pull requests that were rolled back, and what is live instead."""
    live = ", ".join(
        f"{result.dictionary.file} has the content of commit {report.commit[:12]} again"
        f" ({result.package.available})"
        for result in report.results
        if result.is_rolled_back and result.package
    )
    noun = "pull request" if len(undone) == 1 else "pull requests"
    return f"This run rolled back the changes of {noun} {_numbers(undone)}: {live}."


def _numbers(found: Sequence[PullRequest]) -> str:
    return ", ".join(f"#{pull_request.number}" for pull_request in found)


def _since(report: Report) -> dict[str, str]:
    """Return the commit deployed before this run, by file that it deployed. A rollback deploys no change."""
    if report.mode != "deploy":
        return {}
    return {
        result.dictionary.file: result.last_commit
        for result in report.results
        if result.outcome in {"updated", "created"} and result.last_commit
    }


def _warn(context: RunContext, error: DeployError) -> None:
    context.console.warning(f"The comment could not be posted: {error} {_elsewhere(context)}")


def _elsewhere(context: RunContext) -> str:
    return f"The {'step summary' if context.host.in_workflow else 'log'} has the report."
