"""What a mode does: open the files, take the lock, let the loop run, and read the results off it."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from dataclasses import replace

from dictionary_deploy import github_api
from dictionary_deploy.context import RunContext
from dictionary_deploy.decide import Attempt, Refuse, Wanted
from dictionary_deploy.decide.result import WRITING_MODES, conclude, conclude_unreadable
from dictionary_deploy.deploy.branch_query import branch_of, order_of
from dictionary_deploy.deploy.lock import Hold, hold_lock
from dictionary_deploy.deploy.loop import DeployLoop
from dictionary_deploy.deploy.pool import Pools
from dictionary_deploy.deploy.task import DictionaryTask
from dictionary_deploy.errors import ContentError, DeployError
from dictionary_deploy.events.trigger import Trigger
from dictionary_deploy.git.uncommitted import check_committed
from dictionary_deploy.git.worktree import DictionaryFile, open_dictionary
from dictionary_deploy.model import NO_COMMIT, Config, Dictionary, Mode, Report, Result
from dictionary_deploy.report import render
from dictionary_deploy.report.check_findings import explain
from dictionary_deploy.settings import Settings

HELD = "Deploys leave what was rolled back alone until its file changes: revert it in git, too, or mend it."
POOL = 32
"""Calls at once: AWS allows 25 packages per Region, and a few more calls serve them all."""


def carry_out(context: RunContext, config: Config, trigger: Trigger, report: Report) -> Report:
    """Plan, check, deploy or roll back. Raises DeployError for what concerns the run as a whole."""
    with ExitStack() as stack:
        tasks, results = _open_files(stack, context, config, trigger)
        if tasks and trigger.mode == "plan" and trigger.is_fork:
            from dictionary_deploy.run.fork_plan import NOTE, plan_without_aws  # noqa: PLC0415 it imports the parsers

            # Credentials or not: the configuration is a stranger's, and would choose what they read.
            results += plan_without_aws(context, trigger, tasks)
            report = replace(report, notes=(NOTE,))
        elif tasks:
            asked = _ask_aws(stack, context, config, trigger, tasks)
            if not results:
                _raise_what_stopped_all(tasks)
            results += asked
            if trigger.mode == "rollback" and any(result.changed for result in results):
                report = replace(report, notes=(HELD,))
    by_file = {result.dictionary.file: result for result in results}
    return replace(report, results=tuple(by_file[dictionary.file] for dictionary in config.dictionaries))


def _ask_aws(
    stack: ExitStack, context: RunContext, config: Config, trigger: Trigger, tasks: Sequence[DictionaryTask]
) -> list[Result]:
    """Take each dictionary as far as the mode allows; the lock is held while anything may be written."""
    from dictionary_deploy.aws.connect import connect_aws  # noqa: PLC0415 validate and --help need no boto3

    settings, console, clock = context.settings, context.console, context.clock
    aws = connect_aws(config, settings.region, _run_name(settings), console.mask)
    target = f"s3://{config.bucket}/{config.prefix}, {config.service} in {aws.region}"
    console.info(f"{trigger.mode} of {trigger.commit} on {trigger.branch}; {target}")
    pools = _pools(stack)
    writes = trigger.mode in WRITING_MODES
    lock = hold_lock(aws.lock, context, pools) if writes else nullcontext(Hold())
    with console.progress() as log, lock as hold:
        loop = DeployLoop(
            tasks=tasks,
            packages=aws.packages,
            domains=aws.domains,
            objects=aws.objects,
            branch=branch_of(settings, clock, trigger),
            order=order_of(settings, clock),
            pools=pools,
            clock=clock,
            deadline=context.deadline,
            interruption=context.interruption,
            log=log,
            metadata=_metadata(settings, trigger, config),
            lease=aws.lock if writes else None,
            preload=_preload if settings.github else None,
        )
        try:
            loop.run(hold.since)
        finally:
            hold.must_expire = loop.is_writing
    return [_conclude(task, loop, trigger.mode, aws.objects.url) for task in tasks]


def _preload() -> None:
    """Import PyGithub and read the templates while AWS answers: a run in GitHub's runner ends with both."""
    github_api.preload()
    render.prepare()


def _run_name(settings: Settings) -> str:
    """The name that other runs show while they wait for this one's lock."""
    if settings.github and settings.github.run_url:
        return settings.github.run_url
    return f"process {os.getpid()} on {socket.gethostname()}"


def _raise_what_stopped_all(tasks: Sequence[DictionaryTask]) -> None:
    """Raise what ended several dictionaries alike before anything was known of them: it is told once."""
    is_known = any(task.package or task.attempt.uploaded for task in tasks)
    end, *others = {task.step for task in tasks}
    if len(tasks) > 1 and not is_known and not others and isinstance(end, Refuse):
        raise DeployError(end.reason, end.message, end.remedy)


def _pools(stack: ExitStack) -> Pools:
    """The pools of a run, let go of at its end without waiting for what they still do."""
    pools = Pools(
        ThreadPoolExecutor(POOL, thread_name_prefix="call"),
        ThreadPoolExecutor(1, thread_name_prefix="lease"),
        ThreadPoolExecutor(1, thread_name_prefix="lock"),
    )
    for each in (pools.calls, pools.renewals, pools.lock):
        stack.callback(each.shutdown, wait=False, cancel_futures=True)
    return pools


def _conclude(task: DictionaryTask, loop: DeployLoop, mode: Mode, url: Callable[[str], str]) -> Result:
    result = conclude(
        task.wanted,
        loop.observed(task),
        task.step,
        mode=mode,
        moved_domains=bool(task.attempt.associated),
        url=url,
    )
    if mode == "check":
        result = explain(result, task.observed.versions)
    report_reads = loop.report_reads
    return replace(
        result,
        why_no_domains=task.why_no_domains,
        engines=report_reads.engines,
        why_no_engines=report_reads.why_no_engines,
    )


def _open_files(
    stack: ExitStack, context: RunContext, config: Config, trigger: Trigger
) -> tuple[list[DictionaryTask], list[Result]]:
    """A task for each file that can be read, a result for each that cannot."""
    settings, tasks, unreadable = context.settings, [], []
    repository_id = (settings.github.repository_id if settings.github else "") or trigger.repository_id
    for dictionary in config.dictionaries:
        try:
            source = stack.enter_context(open_dictionary(settings.workspace, dictionary.file))
            is_committed = _is_committed(context, trigger, dictionary, source)
        except ContentError as error:
            why = error.explain(in_workflow=settings.github is not None)
            unreadable.append(conclude_unreadable(dictionary, trigger.commit, why))
            continue
        wanted = Wanted(
            dictionary=dictionary,
            commit=trigger.commit if is_committed else NO_COMMIT,
            content=source.content,
            region=config.region or settings.region or "",
            repository_id=repository_id,
            config=config.path,
            is_rollback=trigger.mode == "rollback",
            by_order=trigger.by_order,
        )
        tasks.append(DictionaryTask(wanted, source, Attempt(began=context.clock.now())))
    return tasks, unreadable


def _is_committed(
    context: RunContext, trigger: Trigger, dictionary: Dictionary, source: DictionaryFile
) -> bool:
    """Whether the file is the commit's. Outside GitHub a plan may be of one that is still being edited.

    Any other mode raises ContentError then. In GitHub's runner an earlier step may have built the file.
    """
    settings, file = context.settings, dictionary.file
    if settings.github:
        return True
    try:
        check_committed(settings.workspace, trigger.commit, file, source.handle, source.content.size)
    except ContentError as error:
        if trigger.mode != "plan":
            raise
        context.console.warning(f"{error.message} The plan is of the file as it is here.")
        return False
    except DeployError:
        if trigger.mode != "plan":  # which needs no git
            raise
    return True


def _metadata(settings: Settings, trigger: Trigger, config: Config) -> dict[str, str]:
    github = settings.github
    repository_id = (github.repository_id if github else "") or trigger.repository_id
    named = {
        "repository": github.repository if github else "",
        "repository-id": repository_id,
        "environment": config.environment,
    }
    return {name: value for name, value in named.items() if value}
