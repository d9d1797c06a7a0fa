"""Telling people: log, annotations, step summary, the comment on the pull request, outputs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from dictionary_deploy.console import Console
from dictionary_deploy.errors import Fault, GithubError
from dictionary_deploy.model import Report
from dictionary_deploy.report.log import log_lines
from dictionary_deploy.report.outputs import annotations_of, outputs
from dictionary_deploy.settings import Settings
from dictionary_deploy.trigger import Trigger
from dictionary_deploy.waiting import Clock

if TYPE_CHECKING:
    from dictionary_deploy.github_api.comments import PullRequest


def publish(
    settings: Settings,
    console: Console,
    clock: Clock,
    report: Report,
    trigger: Trigger | None,
    faults: tuple[Fault, ...],
) -> None:
    """Tell everyone. Nothing here fails a run: what cannot be told is a warning."""
    if trigger and trigger.nothing:
        console.info(f"Nothing to do. {trigger.nothing}")
        console.outputs(outputs(report))
        return
    with console.group("Result"):
        for line in log_lines(report):
            console.info(line)
    for annotation in annotations_of(report, faults):
        console.annotate(annotation)
    url = ""
    if trigger and settings.github and settings.comment != "never":
        try:
            url = _comment(settings, console, clock, report, trigger)
        except GithubError as error:
            console.warning(f"The comment could not be posted: {error} The step summary has all of it.")
    if settings.github:
        from dictionary_deploy.report.view import render_summary  # noqa: PLC0415 Jinja2 only for who renders

        console.summary(render_summary(report))
    console.outputs(outputs(report, url))


def _comment(settings: Settings, console: Console, clock: Clock, report: Report, trigger: Trigger) -> str:
    """Bring our comment on each pull request up to date; the last one's URL, empty without one."""
    from dictionary_deploy.github_api.comments import Comments  # noqa: PLC0415 only who comments pays for PyGithub
    from dictionary_deploy.github_api.connect import connected  # noqa: PLC0415 as above
    from dictionary_deploy.report.view import has_news, marker, render_comment  # noqa: PLC0415 as above, for Jinja2

    url, key = "", marker(report.config_path, report.environment)
    is_due = settings.comment == "always" or has_news(report)
    number = settings.pull_request or trigger.pull_request
    with connected(settings, clock) as client:
        comments = Comments(client)
        if number:
            found: tuple[PullRequest, ...] = (comments.pull_request(number),)
        else:
            found = comments.pull_requests(report.commit, report.branch)
        if not found:
            console.info(f"No pull request merged {report.commit}: the step summary has the report.")
        for pull_request in found:
            if report.mode == "plan" and pull_request.merged:
                console.info(
                    f"Pull request {pull_request.number} is merged: its comment tells of the deploy."
                )
            elif is_due or comments.find(pull_request.number, key):
                url = comments.publish(pull_request.number, key, partial(render_comment, report, key))
                console.info(f"Commented: {url}")
    return url
