"""A run from its start to its report."""

from __future__ import annotations

from dataclasses import replace

from dictionary_deploy.config import parse_all, parse_config
from dictionary_deploy.context import RunContext
from dictionary_deploy.errors import ConfigError, DeployError
from dictionary_deploy.events.trigger import Trigger
from dictionary_deploy.git.worktree import read_config
from dictionary_deploy.model import Config, Failure, Report
from dictionary_deploy.report.outputs import exit_status
from dictionary_deploy.run.modes import carry_out
from dictionary_deploy.run.publish import publish


def run(context: RunContext) -> int:
    """Run the mode, publish the report, and return the exit status."""
    report, trigger = _report(context)
    publish(context, report, trigger)
    return exit_status(report)


def _report(context: RunContext) -> tuple[Report, Trigger | None]:
    """Run the mode; return its report and trigger. A DeployError becomes the report's failure."""
    settings, host, trigger = context.settings, context.host, None
    report = Report(
        mode=settings.mode, results=(), config_path=settings.config, environment=settings.environment
    )
    try:
        data = read_config(settings.workspace, settings.config)
        if settings.mode == "validate":
            # The parsers of all kinds take a while to import, and a deploy that changes nothing needs none.
            from dictionary_deploy.run.validate import validate  # noqa: PLC0415

            configs = parse_all(data, settings.config, settings.environment)
            return validate(context, configs, report), None
        config = parse_config(data, settings.config, settings.environment)
        trigger = host.trigger(config)
        report = _with_facts(report, context, config, trigger)
        if trigger.mode != "plan":
            host.check_config(config, trigger.commit)
        if not trigger.nothing:
            report = carry_out(context, config, trigger, report)
    except DeployError as error:
        failure = Failure.of(error.explain(in_workflow=host.in_workflow))
        if isinstance(error, ConfigError):
            failure = replace(failure, faults=error.faults)
        return replace(report, failure=failure), trigger or host.trigger_without_config()
    return report, trigger


def _with_facts(report: Report, context: RunContext, config: Config, trigger: Trigger) -> Report:
    host = context.host
    return replace(
        report,
        mode=trigger.mode,
        branch=trigger.branch,
        commit=trigger.commit,
        repository=host.repository,
        server_url=host.server_url,
        run_url=host.run_url,
        region=config.region or context.settings.region or "",
    )
