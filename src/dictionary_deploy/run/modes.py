"""Run a mode: open the files, acquire the lock, run the loop, return the results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from dataclasses import replace

from dictionary_deploy import github_api
from dictionary_deploy.context import RunContext
from dictionary_deploy.decide import Attempt, Refuse, Wanted
from dictionary_deploy.decide.result import WRITING_MODES, conclude, conclude_unreadable
from dictionary_deploy.deploy.branch_query import branch_of
from dictionary_deploy.deploy.lock import Hold, hold_lock
from dictionary_deploy.deploy.loop import DeployLoop
from dictionary_deploy.deploy.pool import Pools
from dictionary_deploy.deploy.task import DictionaryTask
from dictionary_deploy.errors import ContentError, DeployError
from dictionary_deploy.events.trigger import Trigger
from dictionary_deploy.git.worktree import DictionaryFile, open_dictionary
from dictionary_deploy.host import Host
from dictionary_deploy.model import NO_COMMIT, Config, Dictionary, Mode, Report, Result
from dictionary_deploy.report import render
from dictionary_deploy.report.check_findings import explain

ROLLED_BACK = "Deploys skip a rolled-back file until it changes. Revert or fix it in git, too."
MAX_CALLS = 32
"""Calls in flight: AWS allows 25 packages per Region, and a few more calls serve all of them."""


def carry_out(context: RunContext, config: Config, trigger: Trigger, report: Report) -> Report:
    """Plan, check, deploy or roll back. Raises DeployError for a failure of the run as a whole."""
    with ExitStack() as stack:
        tasks, results = _open_files(stack, context, config, trigger)
        if tasks and trigger.mode == "plan" and trigger.is_fork:
            from dictionary_deploy.run.fork_plan import NOTE, plan_without_aws  # noqa: PLC0415 it imports the parsers

            # Even with credentials: the fork's configuration would choose what they read.
            results += plan_without_aws(context, trigger, tasks)
            report = replace(report, notes=(NOTE,))
        elif tasks:
            found = _run_with_aws(stack, context, config, trigger, tasks)
            if not results:
                _raise_common_failure(tasks)
            results += found
            if trigger.mode == "rollback" and any(result.changed for result in results):
                report = replace(report, notes=(ROLLED_BACK,))
    by_file = {result.dictionary.file: result for result in results}
    return replace(report, results=tuple(by_file[dictionary.file] for dictionary in config.dictionaries))


def _run_with_aws(
    stack: ExitStack, context: RunContext, config: Config, trigger: Trigger, tasks: Sequence[DictionaryTask]
) -> list[Result]:
    """Run the loop; hold the lock while it may write."""
    from dictionary_deploy.aws.connect import connect_aws  # noqa: PLC0415 validate and --help need no boto3

    host, console = context.host, context.console
    aws = connect_aws(config, context.settings.region, host.run_name(), console.mask)
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
            holds=aws.holds,
            branch=branch_of(host, trigger),
            order=host.is_ancestor,
            pools=pools,
            clock=context.clock,
            deadline=context.deadline,
            interruption=context.interruption,
            log=log,
            metadata=_metadata(host, trigger, config),
            lease=aws.lock if writes else None,
            preload=_preload if host.in_workflow else None,
        )
        try:
            loop.run(hold.since)
        finally:
            hold.must_expire = loop.is_writing
    return [_conclude(task, loop, trigger.mode, aws.objects.url) for task in tasks]


def _preload() -> None:
    """Import PyGithub and read the templates while AWS responds: runs in GitHub's runner need both."""
    github_api.preload()
    render.load_templates()


def _raise_common_failure(tasks: Sequence[DictionaryTask]) -> None:
    """Raise the failure that ended all dictionaries before their first read: it is reported once."""
    is_known = any(task.package or task.attempt.uploaded for task in tasks)
    end, *others = {task.step for task in tasks}
    if len(tasks) > 1 and not is_known and not others and isinstance(end, Refuse):
        raise DeployError(end.reason, end.message, end.remedy)


def _pools(stack: ExitStack) -> Pools:
    """Return the pools of a run. Its end does not wait for their calls."""
    pools = Pools(
        ThreadPoolExecutor(MAX_CALLS, thread_name_prefix="call"),
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
    """Return a task for each file that can be read, and a result for each other file."""
    settings, host, tasks, unreadable = context.settings, context.host, [], []
    for dictionary in config.dictionaries:
        try:
            source = stack.enter_context(open_dictionary(settings.workspace, dictionary.file))
            is_committed = _is_committed(context, trigger, dictionary, source)
        except ContentError as error:
            why = error.explain(in_workflow=host.in_workflow)
            unreadable.append(conclude_unreadable(dictionary, trigger.commit, why))
            continue
        wanted = Wanted(
            dictionary=dictionary,
            commit=trigger.commit if is_committed else NO_COMMIT,
            content=source.content,
            region=config.region or settings.region or "",
            repository_id=host.repository_id or trigger.repository_id,
            config=config.path,
            is_rollback=trigger.mode == "rollback",
            by_order=trigger.by_order,
        )
        tasks.append(DictionaryTask(wanted, source, Attempt(began=context.clock.now())))
    return tasks, unreadable


def _is_committed(
    context: RunContext, trigger: Trigger, dictionary: Dictionary, source: DictionaryFile
) -> bool:
    """Return True if the file is the commit's, or need not be. Raises ContentError except in a plan."""
    try:
        context.host.check_file(dictionary.file, source, trigger.commit)
    except ContentError as error:
        if trigger.mode != "plan":
            raise
        context.console.warning(f"{error.message} The plan uses the file in the working tree.")
        return False
    except DeployError:
        if trigger.mode != "plan":  # which needs no git
            raise
    return True


def _metadata(host: Host, trigger: Trigger, config: Config) -> dict[str, str]:
    metadata = {
        "repository": host.repository,
        "repository-id": host.repository_id or trigger.repository_id,
        "environment": config.environment,
    }
    return {name: value for name, value in metadata.items() if value}
