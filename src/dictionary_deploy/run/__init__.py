"""A run from its start to its report."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from dictionary_deploy.clock import Clock, Deadline, Interruption
from dictionary_deploy.config import parse_all, parse_config
from dictionary_deploy.console import Console
from dictionary_deploy.context import RunContext
from dictionary_deploy.errors import ConfigError, DeployError, EventError
from dictionary_deploy.events.decide import PULL_REQUESTS, decide
from dictionary_deploy.events.payload import Payload
from dictionary_deploy.events.trigger import Trigger, at_head, outside
from dictionary_deploy.git.head import read_head
from dictionary_deploy.git.history import GitHistory
from dictionary_deploy.git.uncommitted import check_config_committed
from dictionary_deploy.git.worktree import read_config
from dictionary_deploy.model import Config, Failure, Report
from dictionary_deploy.report.outputs import exit_status
from dictionary_deploy.run.modes import carry_out
from dictionary_deploy.run.publish import publish
from dictionary_deploy.settings import Settings

MAX_EVENT_BYTES = 64 * 1024 * 1024
"""Of an event's payload. GitHub's limit is 25 MB."""


def run(settings: Settings, console: Console, clock: Clock, interruption: Interruption) -> int:
    """Run the mode, publish the report, and return the exit status."""
    context = RunContext(
        settings, console, clock, Deadline.after(clock, settings.timeout_seconds), interruption
    )
    report, trigger = _report(context)
    publish(context, report, trigger)
    return exit_status(report)


def _report(context: RunContext) -> tuple[Report, Trigger | None]:
    """Run the mode; return its report and trigger. A DeployError becomes the report's failure."""
    settings, trigger = context.settings, None
    report = Report(
        mode=settings.mode, results=(), config_path=settings.config, environment=settings.environment
    )
    try:
        data = read_config(settings.workspace, settings.config)
        if settings.mode == "validate":
            # The parsers of all kinds take a while to import, and a deploy that changes nothing needs none.
            from dictionary_deploy.run.validate import validate  # noqa: PLC0415

            configs = parse_all(data, settings.config, settings.environment)
            return validate(settings, configs, report), None
        config = parse_config(data, settings.config, settings.environment)
        trigger = _trigger(settings, context.console, config)
        report = _with_facts(report, settings, config, trigger)
        if settings.github is None and trigger.mode != "plan":
            check_config_committed(settings.workspace, trigger.commit, config.path)
        if not trigger.nothing:
            report = carry_out(context, config, trigger, report)
    except DeployError as error:
        failure = Failure.of(error.explain(in_workflow=settings.github is not None))
        if isinstance(error, ConfigError):
            failure = replace(failure, faults=error.faults)
        return replace(report, failure=failure), trigger or _trigger_without_config(settings)
    return report, trigger


def _trigger(settings: Settings, console: Console, config: Config) -> Trigger:
    """Return the trigger from the event or the command line. The checkout must be of its commit."""
    head = read_head(settings.workspace)
    if settings.github is None:
        branch = config.branch or GitHistory(settings.workspace).default_branch()
        return outside(settings.mode, head, branch)
    payload = _payload(settings.github.event_path)
    trigger = decide(settings.mode, settings.github, payload, config.branch)
    if trigger.nothing:
        return trigger
    if head is None:
        console.warning(
            f"The workspace is not a git checkout: its files may differ from {trigger.commit or 'the event'}."
            " Use actions/checkout."
        )
    return at_head(trigger, head)


def _trigger_without_config(settings: Settings) -> Trigger | None:
    """Return the pull request of the event, for the comment about an invalid configuration."""
    if settings.github is None or settings.github.event_name not in PULL_REQUESTS:
        return None
    try:
        number = Payload(_payload(settings.github.event_path)).find("pull_request.number", int)
    except DeployError:
        return None
    return Trigger(settings.mode, "", pull_request=number) if number else None


def _payload(path: str) -> Any:
    """Return the event's payload; `{}` without a file, for example if the runner itself is in a container."""
    if not path or not Path(path).is_file():
        return {}
    with Path(path).open("rb") as file:
        data = file.read(MAX_EVENT_BYTES)
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise EventError(
            "github-failed", f"The event's payload {path} is not JSON: {error}.", "Rerun."
        ) from error


def _with_facts(report: Report, settings: Settings, config: Config, trigger: Trigger) -> Report:
    github = settings.github
    return replace(
        report,
        mode=trigger.mode,
        branch=trigger.branch,
        commit=trigger.commit,
        repository=github.repository if github else "",
        server_url=github.server_url if github else "https://github.com",
        run_url=github.run_url if github else "",
        region=config.region or settings.region or "",
    )
