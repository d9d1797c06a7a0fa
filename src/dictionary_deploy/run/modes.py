"""What a mode does: open the files, take the lock, let the loop run, and read the results off it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from functools import partial

from dictionary_deploy.branch import branch_of, order_of
from dictionary_deploy.checkout import DictionaryFile, open_dictionary
from dictionary_deploy.deploy.calls import Pools
from dictionary_deploy.deploy.locked import Hold, locked
from dictionary_deploy.deploy.loop import Deployment
from dictionary_deploy.deploy.track import Track
from dictionary_deploy.errors import ContentError, DeployError
from dictionary_deploy.findings import explain
from dictionary_deploy.meanwhile import import_what_tells, importing_review, prepare_report
from dictionary_deploy.model import NO_COMMIT, Config, Dictionary, Mode, Report, Result
from dictionary_deploy.next_step import Attempt, Refuse, Wanted
from dictionary_deploy.results import WRITING_MODES, conclude, conclude_unreadable, conclude_validated
from dictionary_deploy.settings import Settings
from dictionary_deploy.surroundings import Surroundings
from dictionary_deploy.trigger import Trigger
from dictionary_deploy.uncommitted import check_committed

HELD = "Deploys leave what was rolled back alone until its file changes: revert it in git, too, or mend it."
POOL = 32
"""Calls at once: AWS allows 25 packages per Region, and a few more calls serve them all."""


def validate(settings: Settings, configs: Sequence[Config], report: Report) -> Report:
    """Read every dictionary as every environment has it; no network. What several find is said once."""
    first: dict[str, Dictionary] = {}
    read: dict[Dictionary, Result] = {}
    finders: dict[Result, list[str]] = {}
    for config in configs:
        for dictionary in config.dictionaries:
            as_read = _as_read(dictionary)
            if as_read not in read:
                shown_as = first.setdefault(dictionary.file, dictionary)
                read[as_read] = replace(_read(settings, dictionary), dictionary=shown_as)
            finders.setdefault(read[as_read], []).append(config.environment)
    results = [
        replace(result, message=f"In {', '.join(found_in)}: {result.message}")
        if len(found_in) < len(configs)
        else result
        for result, found_in in finders.items()
    ]
    bad = sum(result.outcome == "invalid" for result in results)
    note = f"Valid: {len(results) - bad} of {len(results)}."
    shown = tuple(result for result in results if result.outcome == "invalid" or result.problems)
    return replace(report, mode="validate", environment="", results=shown, notes=(note,))


def _as_read(dictionary: Dictionary) -> Dictionary:
    """The dictionary without what does not matter to reading it: environments share the rest."""
    return replace(
        dictionary,
        package="",
        domains="none",
        description=None,
        create=False,
        max_shrink=0,
        take_over=False,
        line=0,
    )


def _read(settings: Settings, dictionary: Dictionary) -> Result:
    from dictionary_deploy.review import review  # noqa: PLC0415 a deploy that changes nothing reviews nothing

    try:
        with open_dictionary(settings.workspace, dictionary.file) as source:
            return conclude_validated(dictionary, review(dictionary, source, None))
    except ContentError as error:
        return conclude_unreadable(dictionary, "", error.told(in_workflow=settings.github is not None))


def carry_out(around: Surroundings, config: Config, trigger: Trigger, report: Report) -> Report:
    """Plan, check, deploy or roll back. Raises DeployError for what concerns the run as a whole."""
    with ExitStack() as stack:
        tracks, results = _open_files(stack, around, config, trigger)
        if tracks and trigger.mode == "plan" and trigger.is_fork:
            from dictionary_deploy.plan_without_aws import NOTE, plan_without_aws  # noqa: PLC0415 as for reviews

            # Credentials or not: the configuration is a stranger's, and would choose what they read.
            results += plan_without_aws(around, trigger, tracks)
            report = replace(report, notes=(NOTE,))
        elif tracks:
            asked = _ask_aws(stack, around, config, trigger, tracks)
            if not results:
                _raise_what_stopped_all(tracks)
            results += asked
            if trigger.mode == "rollback" and any(result.changed for result in results):
                report = replace(report, notes=(HELD,))
    by_file = {result.dictionary.file: result for result in results}
    return replace(report, results=tuple(by_file[dictionary.file] for dictionary in config.dictionaries))


def _ask_aws(
    stack: ExitStack, around: Surroundings, config: Config, trigger: Trigger, tracks: Sequence[Track]
) -> list[Result]:
    """Take each dictionary as far as the mode allows; the lock is held while anything may be written."""
    from dictionary_deploy.connect import connect_aws  # noqa: PLC0415 validate and --help need no boto3

    settings, console, clock = around.settings, around.console, around.clock
    aws = connect_aws(config, settings, console.mask)
    target = f"s3://{config.bucket}/{config.prefix}, {config.service} in {aws.region}"
    console.info(f"{trigger.mode} of {trigger.commit} on {trigger.branch}; {target}")
    pools = _pools(stack)
    writes = trigger.mode in WRITING_MODES
    lock = locked(aws.lock, around, pools) if writes else nullcontext(Hold())
    with console.progress() as say, lock as hold:
        deployment = Deployment(
            tracks=tracks,
            packages=aws.packages,
            domains=aws.domains,
            objects=aws.objects,
            branch=importing_review(branch_of(settings, clock, trigger), pools.calls),
            order=order_of(settings, clock),
            pools=pools,
            clock=clock,
            deadline=around.deadline,
            interruption=around.interruption,
            say=say,
            metadata=_metadata(settings, trigger, config),
            lease=aws.lock if writes else None,
            meanwhile=partial(pools.calls.submit, prepare_report) if settings.github else None,
        )
        if settings.github:
            pools.calls.submit(import_what_tells)
        try:
            deployment.run(hold.since)
        finally:
            hold.is_left = deployment.is_writing
    return [_conclude(track, deployment, trigger.mode, aws.objects.url) for track in tracks]


def _raise_what_stopped_all(tracks: Sequence[Track]) -> None:
    """Raise what ended several dictionaries alike before anything was known of them: it is told once."""
    is_known = any(track.package or track.attempt.uploaded for track in tracks)
    end, *others = {track.step for track in tracks}
    if len(tracks) > 1 and not is_known and not others and isinstance(end, Refuse):
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


def _conclude(track: Track, deployment: Deployment, mode: Mode, url: Callable[[str], str]) -> Result:
    result = conclude(
        track.wanted,
        deployment.observed(track),
        track.step,
        mode=mode,
        moved_domains=bool(track.attempt.associated),
        url=url,
    )
    if mode == "check":
        result = explain(result, track.versions)
    survey = deployment.survey
    return replace(
        result,
        why_no_domains=track.why_no_domains,
        engines=survey.engines,
        why_no_engines=survey.why_no_engines,
    )


def _open_files(
    stack: ExitStack, around: Surroundings, config: Config, trigger: Trigger
) -> tuple[list[Track], list[Result]]:
    """A track for each file that can be read, a result for each that cannot."""
    settings, tracks, unreadable = around.settings, [], []
    repository_id = (settings.github.repository_id if settings.github else "") or trigger.repository_id
    for dictionary in config.dictionaries:
        try:
            source = stack.enter_context(open_dictionary(settings.workspace, dictionary.file))
            is_committed = _is_committed(around, trigger, dictionary, source)
        except ContentError as error:
            told = error.told(in_workflow=settings.github is not None)
            unreadable.append(conclude_unreadable(dictionary, trigger.commit, told))
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
        tracks.append(Track(wanted, source, Attempt(began=around.clock.now())))
    return tracks, unreadable


def _is_committed(
    around: Surroundings, trigger: Trigger, dictionary: Dictionary, source: DictionaryFile
) -> bool:
    """Whether the file is the commit's. Outside GitHub a plan may be of one that is still being edited.

    Any other mode raises ContentError then. In GitHub's runner an earlier step may have built the file.
    """
    settings, file = around.settings, dictionary.file
    if settings.github:
        return True
    try:
        check_committed(settings.workspace, trigger.commit, file, source.handle, source.content.size)
    except ContentError as error:
        if trigger.mode != "plan":
            raise
        around.console.warning(f"{error.message} The plan is of the file as it is here.")
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
