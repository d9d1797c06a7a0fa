"""What a mode does: open the files, take the lock, let the loop run, and read the results off it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dictionary_deploy.branch import branch_of
from dictionary_deploy.checkout import open_dictionary
from dictionary_deploy.console import Console
from dictionary_deploy.deploy.loop import Deployment
from dictionary_deploy.deploy.track import Track
from dictionary_deploy.errors import ContentError, DeployError, LockError
from dictionary_deploy.model import Config, Dictionary, Mode, Report, Result
from dictionary_deploy.next_step import Attempt, Done, Wait, Wanted, Write
from dictionary_deploy.results import CHANGES, conclude, conclude_unreadable, conclude_validated
from dictionary_deploy.review import review
from dictionary_deploy.settings import Settings
from dictionary_deploy.trigger import Trigger
from dictionary_deploy.waiting import Clock, Deadline, Interruption, duration, pause_after

if TYPE_CHECKING:
    from dictionary_deploy.aws.lock import Lock
    from dictionary_deploy.connect import Aws

POOL = 32
"""Calls at once: AWS allows 25 packages per Region, and a few more calls serve them all."""

WRITING_MODES = frozenset({"deploy", "rollback"})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a run has from outside: its settings, a voice, the time, and who may stop it."""

    settings: Settings
    console: Console
    clock: Clock
    deadline: Deadline
    interruption: Interruption


def validate(workspace: Path, configs: Sequence[Config], report: Report) -> Report:
    """Read every dictionary as every environment has it; no network."""
    wanted = {_as_read(dictionary): dictionary for config in configs for dictionary in config.dictionaries}
    results = []
    for dictionary in wanted.values():
        try:
            with open_dictionary(workspace, dictionary.file) as source:
                results.append(conclude_validated(dictionary, review(dictionary, source, None)))
        except ContentError as error:
            results.append(conclude_unreadable(dictionary, "", error))
    bad = sum(result.outcome == "invalid" for result in results)
    note = f"Valid: {len(results) - bad} of {len(results)}."
    shown = tuple(result for result in results if result.outcome == "invalid" or result.problems)
    return replace(report, mode="validate", results=shown, notes=(note,))


def _as_read(dictionary: Dictionary) -> Dictionary:
    """The dictionary without what does not matter to reading it: environments share the rest."""
    return replace(
        dictionary, package="", domains="none", description=None, create=False, take_over=False, line=0
    )


def carry_out(around: Surroundings, config: Config, trigger: Trigger, report: Report) -> Report:
    """Plan, check, deploy or roll back. Raises DeployError for what concerns the run as a whole."""
    from dictionary_deploy.connect import connect_aws  # noqa: PLC0415 validate and --help need no boto3

    settings, console, clock = around.settings, around.console, around.clock
    with ExitStack() as stack:
        tracks, unreadable = _open_files(stack, around, config, trigger)
        if not tracks:
            return replace(report, results=tuple(unreadable))
        aws = connect_aws(config, settings)
        console.info(
            f"{trigger.mode} of {trigger.commit} on {trigger.branch}: dictionaries: {len(tracks)},"
            f" s3://{config.bucket}/{config.prefix}, {config.service} in {aws.region}"
        )
        pool = ThreadPoolExecutor(POOL, thread_name_prefix="call")
        stack.callback(pool.shutdown, wait=False, cancel_futures=True)
        if trigger.mode in WRITING_MODES:
            stack.enter_context(_locked(aws.lock, around))
        deployment = Deployment(
            tracks=tracks,
            packages=aws.packages,
            objects=aws.objects,
            branch=branch_of(settings, clock, trigger),
            executor=pool,
            clock=clock,
            deadline=around.deadline,
            interruption=around.interruption,
            say=console.info,
            metadata=_metadata(settings, trigger),
            lease=aws.lock if trigger.mode in WRITING_MODES else None,
        )
        deployment.run()
        results = {track.name: _conclude(track, deployment, aws, trigger.mode) for track in tracks}
    results.update({result.dictionary.file: result for result in unreadable})
    ordered = tuple(results[dictionary.file] for dictionary in config.dictionaries)
    return replace(report, results=ordered, region=aws.region)


def _open_files(
    stack: ExitStack, around: Surroundings, config: Config, trigger: Trigger
) -> tuple[list[Track], list[Result]]:
    """A track for each file that can be read, a result for each that cannot."""
    settings, tracks, unreadable = around.settings, [], []
    repository_id = (settings.github.repository_id if settings.github else "") or trigger.repository_id
    for dictionary in config.dictionaries:
        try:
            source = stack.enter_context(open_dictionary(settings.workspace, dictionary.file))
        except ContentError as error:
            unreadable.append(conclude_unreadable(dictionary, trigger.commit, error))
            continue
        wanted = Wanted(
            dictionary=dictionary,
            commit=trigger.commit,
            content=source.content,
            repository_id=repository_id,
            is_rollback=trigger.mode == "rollback",
            by_order=trigger.by_order,
        )
        tracks.append(Track(wanted, source, Attempt(began=around.clock.now())))
    return tracks, unreadable


@contextmanager
def _locked(lock: Lock, around: Surroundings) -> Iterator[None]:
    """Hold the lock inside. Waits for it until the deadline, saying who holds it."""
    clock, interruption = around.clock, around.interruption
    began, said = clock.now(), ""
    while holder := lock.take():
        waited = clock.now() - began
        if interruption or around.deadline.passed:
            ended = f"was stopped by {interruption.signal}" if interruption else f"took {duration(waited)}"
            raise LockError(
                "locked",
                f"The wait for the lock {ended}; it is held by {holder}.",
                "Rerun when that run is over. The lock of a run that died ends by itself after a minute.",
            )
        if holder != said:
            said = holder
            around.console.info(f"Waiting for the lock s3://{lock.bucket}/{lock.key}, held by {holder}")
        clock.sleep(min(pause_after(waited), around.deadline.left))
    try:
        yield
    finally:
        try:
            lock.release()
        except DeployError as error:
            around.console.warning(f"The lock could not be given back; it ends after a minute. {error}")


def _metadata(settings: Settings, trigger: Trigger) -> dict[str, str]:
    github = settings.github
    repository_id = (github.repository_id if github else "") or trigger.repository_id
    named = {"repository": github.repository if github else "", "repository-id": repository_id}
    return {name: value for name, value in named.items() if value}


def _conclude(track: Track, deployment: Deployment, aws: Aws, mode: Mode) -> Result:
    step = track.step
    if mode == "check" and isinstance(step, Done) and step.outcome in CHANGES:
        # It was so before: a check changes nothing.
        step = replace(step, outcome="unchanged")
    return conclude(
        track.wanted,
        deployment.observed(track),
        step,
        moved_domains=bool(track.attempt.associated),
        url=aws.objects.url,
        is_planned=mode == "plan" or isinstance(step, Wait | Write),
    )
