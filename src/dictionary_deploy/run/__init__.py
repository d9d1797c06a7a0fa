"""A run from its start to its report."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from dictionary_deploy.config import parse_all
from dictionary_deploy.config.conflicts import find_conflicts
from dictionary_deploy.context import RunContext
from dictionary_deploy.errors import ConfigError, DeployError
from dictionary_deploy.events.trigger import Trigger, check_asserted_branch
from dictionary_deploy.git.worktree import read_config, read_yaml_beside
from dictionary_deploy.model import Config, Failure, Report
from dictionary_deploy.report.outputs import exit_status
from dictionary_deploy.run import aside
from dictionary_deploy.run.check import trigger_at_tip
from dictionary_deploy.run.modes import carry_out
from dictionary_deploy.run.publish import publish
from dictionary_deploy.run.rollback import config_of_commit, config_of_tip


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
        if settings.mode == "validate":
            # The parsers of all kinds take a while to import, and a deploy that changes nothing needs none.
            from dictionary_deploy.run.validate import validate  # noqa: PLC0415

            data = read_config(settings.workspace, settings.config)
            configs = parse_all(data, settings.config, settings.environment)
            return validate(context, configs, report), None
        config = None
        if settings.mode != "rollback":
            config, trigger = _config_or_trigger(context)
        if trigger:
            return _with_commit(report, context, trigger), trigger
        branch = aside.call(host.branch, context)
        if config:
            check_asserted_branch(config.branch, branch)
        trigger = aside.call(lambda: host.trigger(branch), context)
        report = _with_commit(report, context, trigger)
        if config is None:
            config = config_of_tip(context, trigger)
            check_asserted_branch(config.branch, branch)
        elif trigger.mode != "plan":
            host.check_config(config, trigger.commit)
        if trigger.mode == "check":
            trigger = trigger_at_tip(context, config, trigger)
            report = replace(report, commit=trigger.commit)
        report = replace(report, region=config.region or settings.region or "")
        _warn(context, config, trigger)
        if not trigger.nothing:
            report = carry_out(context, config, trigger, report)
    except DeployError as error:
        failure = _failure(error, in_workflow=host.in_workflow)
        return replace(report, failure=failure), trigger or host.trigger_without_config()
    return report, trigger


def _failure(error: DeployError, *, in_workflow: bool) -> Failure:
    failure = Failure.of(error.explain(in_workflow=in_workflow))
    return replace(failure, faults=error.faults) if isinstance(error, ConfigError) else failure


def _config_or_trigger(context: RunContext) -> tuple[Config | None, Trigger | None]:
    """Return the configuration; if it cannot be used and there is nothing to do, the trigger.

    Events of other branches have nothing to do, and those branches may have no configuration.
    """
    try:
        return config_of_commit(context.settings), None
    except DeployError:
        host = context.host
        with suppress(DeployError):
            trigger = aside.call(lambda: host.trigger(host.branch()), context)
            if trigger.nothing:
                return None, trigger
        raise


def _warn(context: RunContext, config: Config, trigger: Trigger) -> None:
    """Log warnings about the configuration; in a plan, also about other files."""
    settings = context.settings
    beside = read_yaml_beside(settings.workspace, settings.config) if trigger.mode == "plan" else {}
    for warning in (*config.warnings, *find_conflicts([config], beside)):
        context.console.warning(warning)


def _with_commit(report: Report, context: RunContext, trigger: Trigger) -> Report:
    host = context.host
    return replace(
        report,
        mode=trigger.mode,
        branch=trigger.branch,
        commit=trigger.commit,
        repository=host.repository,
        server_url=host.server_url,
        run_url=host.run_url,
    )
