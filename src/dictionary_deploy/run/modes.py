"""Run a mode: open the files, acquire the lock, run the loop, return the results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from dictionary_deploy import github_api
from dictionary_deploy.clock import duration
from dictionary_deploy.config import parse_config
from dictionary_deploy.config.removals import find_removals
from dictionary_deploy.context import RunContext
from dictionary_deploy.decide import Attempt, Refuse, Wanted, dissociation_note
from dictionary_deploy.decide.ownership import owner_warning
from dictionary_deploy.decide.result import WRITING_MODES, conclude, conclude_unreadable
from dictionary_deploy.deploy.branch_query import branch_of
from dictionary_deploy.deploy.lock import Hold, hold_lock
from dictionary_deploy.deploy.loop import DeployLoop
from dictionary_deploy.deploy.pool import CallPool, Pools
from dictionary_deploy.deploy.task import DictionaryTask
from dictionary_deploy.errors import ContentError, DeployError
from dictionary_deploy.events.trigger import Trigger
from dictionary_deploy.git.worktree import DictionaryFile, open_dictionary
from dictionary_deploy.host import Host
from dictionary_deploy.model import NO_COMMIT, Config, Dictionary, Mode, Owner, Report, Result
from dictionary_deploy.report import render
from dictionary_deploy.report.check_findings import explain
from dictionary_deploy.run import aside
from dictionary_deploy.run.check import defer_pending
from dictionary_deploy.run.rollback import FilesOfCommit, check_rolled_back, conclude_missing
from dictionary_deploy.run.selection import select

if TYPE_CHECKING:
    from dictionary_deploy.aws.connect import Aws

ROLLED_BACK = "Deploys skip a rolled-back file until it changes on the branch. Revert or fix it in git, too."
MAX_CALLS = 32
"""Calls in flight: AWS allows 25 packages per Region, and a few more calls serve all of them."""


def carry_out(context: RunContext, config: Config, trigger: Trigger, report: Report) -> Report:
    """Plan, check, deploy or roll back. Raises DeployError for a failure of the run as a whole."""
    owner = _owner(context.host, trigger)
    if trigger.mode == "plan":
        report = replace(report, notes=_removals(context, config, trigger))
    files = [dictionary.file for dictionary in config.dictionaries]
    selected, left_out = select(config, context.settings, trigger)
    with ExitStack() as stack:
        tasks, results = _open_files(stack, context, selected, trigger, owner)
        if trigger.mode == "rollback" and not tasks:
            check_rolled_back(results, trigger.commit)
        if tasks and trigger.mode == "plan" and trigger.is_fork:
            from dictionary_deploy.run.fork_plan import NOTE, plan_without_aws  # noqa: PLC0415 it imports the parsers

            # Even with credentials: the fork's configuration would choose what they read.
            results += plan_without_aws(context, trigger, tasks)
            report = replace(report, notes=(NOTE, *report.notes))
        elif tasks:
            tasks, found = _run_with_aws(stack, context, config, trigger, tasks)
            if not results:
                _raise_common_failure(tasks)
            results += found
            if any(result.is_rolled_back for result in results):
                report = replace(report, notes=(ROLLED_BACK,))
            if trigger.mode == "plan":
                report = replace(report, notes=(*_owner_warnings(context, tasks), *report.notes))
                # A file that is not committed is not on the branch.
                results = [
                    replace(result, is_on_branch=trigger.is_on_branch and bool(result.commit))
                    for result in results
                ]
    by_file = {result.dictionary.file: result for result in (*results, *left_out)}
    return replace(report, results=tuple(map(by_file.__getitem__, files)))


def _owner(host: Host, trigger: Trigger) -> Owner:
    owner = host.owner()
    return replace(owner, id=owner.id or trigger.repository_id)


def _removals(context: RunContext, config: Config, trigger: Trigger) -> tuple[str, ...]:
    """Return a note for each dictionary or domain that the proposal removes. The report's log has them."""
    if not trigger.base:
        return ()
    try:
        data = aside.call(lambda: context.host.read(trigger.base, config.path), context)
        before = parse_config(data or b"", config.path, config.environment)
    except DeployError as error:  # such as a first configuration
        context.console.debug(f"Removed entries are unknown: the base has no valid configuration. {error}")
        return ()
    return find_removals(before, config)


def _owner_warnings(context: RunContext, tasks: Sequence[DictionaryTask]) -> tuple[str, ...]:
    """Log and return a sentence for each package that a repository of another name deployed."""
    found = (
        owner_warning(task.wanted, task.observed.objects.get(task.history.base))
        for task in tasks
        if task.history
    )
    warnings = tuple(filter(None, found))
    for warning in warnings:
        context.console.warning(warning)
    return warnings


def _run_with_aws(
    stack: ExitStack,
    context: RunContext,
    config: Config,
    trigger: Trigger,
    tasks: list[DictionaryTask],
) -> tuple[list[DictionaryTask], list[Result]]:
    """Run the loop; return its tasks and their results.

    Before that, also before the lock is written, the branch must have the commit, whose configuration names
    the bucket: a check and a rollback have read the tip's. The loop's own query repeats this after the lock
    is taken, before any other write. If GitHub limits its rate, the run waits without the lock, and restarts
    the dictionaries that the limit ended.
    """
    gate = None
    # A plan's commit need not be on the branch, unless the workflow chose it by its checkout alone.
    is_checked_out = trigger.mode == "plan" and context.host.in_workflow and not trigger.heads
    if trigger.mode == "deploy" or is_checked_out:
        gate = aside.start(lambda: context.host.reach(trigger.branch, trigger.commit))
    from dictionary_deploy.aws.connect import connect_aws  # noqa: PLC0415 validate and --help need no boto3

    console, clock = context.console, context.clock
    aws = connect_aws(config, context.settings.region, context.host.run_name(), console.mask)
    target = f"s3://{config.bucket}/{config.prefix}, {config.service} in {aws.region}"
    console.info(f"{trigger.mode} of {trigger.commit} on {trigger.branch}; {target}")
    pools = _pools(stack)
    if gate:
        aside.result_of(gate, context)
    ends: dict[str, tuple[DictionaryTask, DeployLoop]] = {}
    for limits in count():
        loop = _run_loop(context, config, trigger, tasks, aws, pools)
        ends |= {task.name: (task, loop) for task in tasks}
        # A limit that is still there after the pause that GitHub asked for needs a longer one.
        seconds = max(task.retry_after for task in tasks) * 2**limits
        # A new loop would take this run's lock at once, also while a write may still take effect.
        if loop.is_writing or not 0 < seconds < context.deadline.remaining:
            break
        console.info(f"Waiting {duration(seconds)} for the end of GitHub's rate limit, without the lock.")
        clock.sleep(seconds)
        if context.interruption:
            break
        tasks = [
            DictionaryTask(task.wanted, task.source, Attempt(began=clock.now()))
            for task in tasks
            if task.retry_after
        ]
    results = [_conclude(task, loop, trigger.mode, aws.objects.url) for task, loop in ends.values()]
    if trigger.mode == "check":
        results = defer_pending(context, aws.lock, trigger, results)
    if any(dictionary.indices for dictionary in config.dictionaries):
        loops = [loop for _, loop in ends.values()]
        results = _with_indices(context, trigger.mode, aws, pools, loops, results)
    return [task for task, _ in ends.values()], results


def _run_loop(
    context: RunContext,
    config: Config,
    trigger: Trigger,
    tasks: Sequence[DictionaryTask],
    aws: Aws,
    pools: Pools,
) -> DeployLoop:
    """Run the loop; hold the lock while it may write."""
    host, console = context.host, context.console
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
            configured=config.dictionaries,
            lease=aws.lock if writes else None,
            preload=_preload if host.in_workflow else None,
        )
        try:
            loop.run()
        finally:
            hold.must_expire = loop.is_writing
    loop.report_doubtful_writes(lock_was_lost=hold.was_lost)
    return loop


def _with_indices(
    context: RunContext,
    mode: Mode,
    aws: Aws,
    pools: Pools,
    loops: Sequence[DeployLoop],
    results: list[Result],
) -> list[Result]:
    """Return the results with the indices that use their packages. Only closing or opening takes the lock."""
    # Only for configurations with `indices`.
    from dictionary_deploy.deploy.indices import IndexStage  # noqa: PLC0415
    from dictionary_deploy.deploy.reopening import Reopener  # noqa: PLC0415
    from dictionary_deploy.search.client import SearchClient, basic  # noqa: PLC0415

    login = context.settings.search_login
    authenticate = basic(*login) if login else aws.sign

    @contextmanager
    def hold_again() -> Iterator[Hold]:
        with hold_lock(aws.lock, context, pools) as hold:
            try:
                yield hold
            finally:
                hold.must_expire |= any(loop.is_writing for loop in loops)

    reopener = Reopener(
        aws.reopening,
        aws.lock,
        hold_again,
        CallPool(pools.calls, pools.wait),
        context.clock,
        context.deadline,
        context.interruption,
        context.console.info,
    )
    stage = IndexStage(
        mode=mode,
        endpoints=aws.domains.endpoints,
        connect=lambda domain, url: SearchClient(domain, url, authenticate),
        calls=CallPool(pools.calls, pools.wait),
        clock=context.clock,
        deadline=context.deadline,
        interruption=context.interruption,
        log=context.console.info,
        reopener=reopener,
    )
    return stage.complete(results)


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
        loop.observation(task),
        task.step,
        mode=mode,
        attempt=task.attempt,
        url=url,
        note=dissociation_note(task.wanted, loop.observation(task), task.attempt),
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
    stack: ExitStack, context: RunContext, config: Config, trigger: Trigger, owner: Owner
) -> tuple[list[DictionaryTask], list[Result]]:
    """Return a task for each file that can be read, and a result for each other file."""
    settings, host, tasks, unreadable = context.settings, context.host, [], []
    files = FilesOfCommit(context, config) if trigger.mode == "rollback" else None
    for dictionary in config.dictionaries:
        try:
            file, source = _open(settings.workspace, dictionary, files)
            stack.enter_context(source)
            is_committed = _is_committed(context, trigger, file, source)
        except ContentError as error:
            if error.is_missing and trigger.mode == "rollback":
                unreadable.append(conclude_missing(dictionary, trigger.commit))
                continue
            why = error.explain(in_workflow=host.in_workflow)
            unreadable.append(conclude_unreadable(dictionary, trigger.commit, why))
            continue
        wanted = Wanted(
            dictionary=dictionary,
            commit=trigger.commit if is_committed else NO_COMMIT,
            content=source.content,
            region=config.region or settings.region or "",
            repository=owner.name,
            repository_id=owner.id,
            config=config.path,
            environment=config.environment,
            is_rollback=trigger.mode == "rollback",
            is_plan=trigger.mode == "plan",
            by_order=trigger.by_order,
        )
        tasks.append(DictionaryTask(wanted, source, Attempt(began=context.clock.now())))
    return tasks, unreadable


def _open(workspace: Path, dictionary: Dictionary, files: FilesOfCommit | None) -> tuple[str, DictionaryFile]:
    """Open the dictionary's file; if it is missing, that of its package in `files`. Return its path, too."""
    try:
        return dictionary.file, open_dictionary(workspace, dictionary.file)
    except ContentError as error:
        file = files.find(dictionary) if files and error.is_missing else None
        if file is None:
            raise
        return file, open_dictionary(workspace, file)


def _is_committed(context: RunContext, trigger: Trigger, file: str, source: DictionaryFile) -> bool:
    """Return True if the file is the commit's, or need not be. Raises ContentError except in a plan."""
    try:
        context.host.check_file(file, source, trigger.commit)
    except ContentError as error:
        if trigger.mode != "plan":
            raise
        context.console.warning(f"{error.message} The plan uses the file in the working tree.")
        return False
    except DeployError:
        if trigger.mode != "plan":  # which needs no git
            raise
    return True
