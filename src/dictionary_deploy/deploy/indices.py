"""Read which indices use a package, and apply its active version to them.

It runs after the deploy, and only if the configuration has `indices`. A failed read is a warning. With
`apply: refresh` or `reopen`, search analyzers that do not use the version are refreshed. With `reopen`,
indices that cannot be refreshed are reopened. If that fails, or if the indices cannot be read, the
dictionary fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Literal

from dictionary_deploy.clock import (
    MAX_INDICES_SECONDS,
    MAX_SLEEP_SECONDS,
    MIN_INDICES_PAUSE_SECONDS,
    SERVICE_REFRESH_SECONDS,
    Clock,
    Deadline,
    Interruption,
    pause_after,
)
from dictionary_deploy.decide.indices import failed_by_indices, may_refresh, may_reopen
from dictionary_deploy.decide.result import WRITING_MODES
from dictionary_deploy.deploy.index_requests import (
    MAX_PROBED_INDICES,
    Reading,
    read_indices,
    refresh_indices,
    unmet_expectations,
)
from dictionary_deploy.deploy.pool import CallPool
from dictionary_deploy.deploy.reopening import NOT_CLOSED, Key, Reopener, left_by
from dictionary_deploy.errors import DeployError
from dictionary_deploy.model import CHANGES, ClosedIndex, IndexUse, Mode, Result
from dictionary_deploy.protocols import Search

APPLIED_STATES = {"none": (), "refresh": ("refresh",), "reopen": ("refresh", "reopen")}
"""The states that a deploy changes to in effect, by `apply`."""

MAX_EFFECTS = 10
"""Effects in the report of a dictionary."""


@dataclass(slots=True)
class IndexTask:
    """The indices of one domain that use the package of one dictionary."""

    result: Result
    domain: str
    may_write: bool
    client: Search | None = None
    """None without an endpoint."""
    reading: Reading = field(default_factory=Reading)
    """The last one."""
    was_read: bool = False
    """True if the indices were read at least once."""
    failures: tuple[str, ...] | None = None
    """Errors of the requests to refresh; None if no index needed one."""
    is_outdated: bool = False
    """True if the indices were refreshed after the last reading."""
    reads: int = 0
    """Reads that were started, to ignore the results of all but the last one."""
    to_reopen: tuple[Key, ...] = ()
    """Indices to reopen."""
    is_unchecked: bool = False
    """True if the expectations are still to be checked."""
    unmet: tuple[str, ...] = ()
    """A sentence for each broken expectation."""

    @property
    def must_apply(self) -> bool:
        """True if the run applies the version to the indices, even if it changed nothing."""
        return self.may_write and self.result.dictionary.apply != "none"

    @property
    def is_new(self) -> bool:
        """True if this commit deployed the version to the domain, in this run or an earlier one."""
        return self.may_write and self.result.outcome in CHANGES

    @property
    def is_pending(self) -> bool:
        """True if a change of this run may still be refreshed, or if the indices were not read since."""
        if self.failures:
            return False
        may_come = self.may_write and (self.result.changed or self.failures is not None)
        return self.is_outdated or (may_come and any(use.state == "refresh" for use in self.reading.uses))

    @property
    def is_refused(self) -> bool:
        """True if the engine cannot load the file for an index. Then no index of the task gets it."""
        return any(use.refusal for use in self.reading.uses)

    def expire(self, written: AbstractSet[Key], closed: AbstractSet[Key] = frozenset()) -> None:
        """Drop the states of the indices that the run wrote to. `closed` has those that it closed."""
        self.reads += 1
        uses = tuple(
            replace(use, state="unknown", is_closed=use.is_closed or key_of(use) in closed)
            if key_of(use) in written
            else use
            for use in self.reading.uses
        )
        self.reading = replace(self.reading, uses=uses)

    def warn(self, warning: str) -> None:
        self.reading = replace(self.reading, warnings=(*self.reading.warnings, warning))


@dataclass(slots=True)
class IndexStage:
    """The stage of a run for the indices of all results that concern them."""

    mode: Mode
    endpoints: Callable[[Sequence[str]], Mapping[str, str]]
    """Returns the URL of each domain's endpoint. May raise AwsError."""
    connect: Callable[[str, str], Search]
    """Returns the client for a domain and its URL."""
    calls: CallPool
    clock: Clock
    deadline: Deadline
    interruption: Interruption
    log: Callable[[str], None]
    reopener: Reopener
    _ends_at: float = field(init=False)
    _clients: dict[str, Search] = field(default_factory=dict)
    """By domain; without those that have no endpoint."""
    _why_no_endpoint: str = "AWS did not return its endpoint in time."
    """For the other domains."""
    _reopened: dict[Key, str] = field(default_factory=dict)
    """Indices that were to be reopened, with the reason why one was not."""

    def __post_init__(self) -> None:
        self._restart_budget()

    def complete(self, results: Sequence[Result]) -> list[Result]:
        """Return the results with the indices that use their packages."""
        tasks = [
            IndexTask(result, domain, self.mode in WRITING_MODES)
            for result in results
            for domain in domains_to_read(result, self.mode)
        ]
        left, warnings = self._indices_left_closed()
        self._connect({task.domain for task in tasks} | {index.domain for index in left})
        closed = [f"{_name(key)}: {why}" for key, why in self._open_left(left).items() if why]
        for task in tasks:
            task.client = self._clients.get(task.domain)
        self._apply([task for task in tasks if task.client])
        for task in tasks:
            for effect in task.reading.effects[:MAX_EFFECTS]:
                self.log(f"{task.result.dictionary.file}: {effect}")
        # What concerns the run as a whole is reported even if it has no dictionary with indices.
        concerned = [result for result in results if result.dictionary.indices] or results
        return [
            self._complete_result(result, [task for task in tasks if task.result is result], closed, warnings)
            if result in concerned
            else result
            for result in results
        ]

    def _apply(self, tasks: Sequence[IndexTask]) -> None:
        applied = [task for task in tasks if task.must_apply]
        self._read(tasks)
        # The service refreshes indices by itself. Only one that it does not gets a request.
        self._wait(applied, min(self._ends_at, self.clock.now() + SERVICE_REFRESH_SECONDS))
        self._refresh(applied)
        self._wait(tasks, self._ends_at)
        self._reopen(tasks)
        self._check_expectations(tasks)

    # ------------------------------------------------------------ reads

    def _connect(self, domains: set[str]) -> None:
        """Get a client for each of the domains that has an endpoint."""
        if not domains or self._must_stop():
            return
        names = sorted(domains)

        def on_result(urls: Mapping[str, str]) -> None:
            self._clients = {domain: self.connect(domain, url) for domain, url in urls.items()}
            self._why_no_endpoint = "It has no endpoint."

        def on_error(error: DeployError) -> None:
            self._why_no_endpoint = str(error)

        self.calls.start((), lambda: self.endpoints(names), on_result, on_error)
        self._collect()

    def _read(self, tasks: Sequence[IndexTask]) -> None:
        for task in tasks if not self._must_stop() else ():
            self._start_read(task, _client(task))
        self._collect()

    def _start_read(self, task: IndexTask, client: Search) -> None:
        task.reads += 1
        number = task.reads

        def on_result(reading: Reading) -> None:
            if number == task.reads:
                task.reading, task.was_read, task.is_outdated = reading, True, False

        def on_error(error: DeployError) -> None:
            if number == task.reads:
                warning = f"The indices on {task.domain} were not read: {error}"
                task.reading = replace(task.reading, warnings=(warning,))

        self.calls.start((), lambda: read_indices(client, task.result, task.domain), on_result, on_error)

    def _wait(self, tasks: Sequence[IndexTask], end: float) -> None:
        """Read again until search uses the new version, at most until `end`."""
        began = self.clock.now()
        pending = [task for task in tasks if task.is_pending]
        if pending:
            names = ", ".join(sorted({task.domain for task in pending}))
            self.log(f"Waiting until the indices on {names} use the new version")
        while pending and not self.interruption and (left := end - self.clock.now()) > 0:
            pause = max(MIN_INDICES_PAUSE_SECONDS, pause_after(self.clock.now() - began))
            self.clock.sleep(min(pause, left))
            self._read(pending)
            pending = [task for task in pending if task.is_pending]

    def _collect(self) -> None:
        while self.calls.are_pending and not self._must_stop():
            self.calls.collect(min(MAX_SLEEP_SECONDS, max(0.0, self._ends_at - self.clock.now())))

    def _must_stop(self) -> bool:
        return bool(self.interruption) or self.clock.now() >= self._ends_at

    # ------------------------------------------------------------ refreshes and expectations

    def _refresh(self, tasks: Sequence[IndexTask]) -> None:
        """Refresh the search analyzers that may not use the new version, and read again."""
        refreshed = []
        for task in tasks:
            names = [use.index for use in task.reading.uses if may_refresh(use, is_new=task.is_new)]
            if names and not task.is_refused:
                task.failures = (f"{task.domain}: the refresh was not completed.",)
                if not self._must_stop():
                    refreshed.append(task)
                    self._start_refresh(task, _client(task), names)
        self._collect()
        self._read(refreshed)

    def _start_refresh(self, task: IndexTask, client: Search, names: Sequence[str]) -> None:
        file = task.result.dictionary.file
        self.log(f"{file}: refreshing the search analyzers of {', '.join(names)} on {task.domain}")
        task.is_outdated = True
        task.expire({(task.domain, name) for name in names})

        def on_result(failures: tuple[str, ...]) -> None:
            task.failures = failures

        def on_error(error: DeployError) -> None:
            task.failures = (str(error),)

        self.calls.start((), lambda: refresh_indices(client, names), on_result, on_error, writes=True)

    def _check_expectations(self, tasks: Sequence[IndexTask]) -> None:
        """Check the expectations by the analyzers of the indices that use the version, as far as known."""
        for task in tasks:
            if task.reading.analyses and task.result.dictionary.expect:
                task.is_unchecked = True
                if not self._must_stop():
                    self._start_expectations(task, _client(task))
        self._collect()
        for task in tasks:
            if task.is_unchecked:
                task.warn(f"The expectations were not checked on {task.domain}: no time was left.")

    def _start_expectations(self, task: IndexTask, client: Search) -> None:
        expected = task.result.dictionary.expect
        analyses = [
            analysis
            for analysis in task.reading.analyses[:MAX_PROBED_INDICES]
            if analysis.use.state in {"in effect", "unknown"}
            and not (analysis.use.refusal or analysis.use.is_closed)
        ]

        def on_result(sentences: tuple[str, ...]) -> None:
            task.is_unchecked, task.unmet = False, sentences

        def on_error(error: DeployError) -> None:
            task.is_unchecked = False
            task.warn(f"The expectations were not checked on {task.domain}: {error}")

        self.calls.start((), lambda: unmet_expectations(client, analyses, expected), on_result, on_error)

    # ------------------------------------------------------------ reopening

    def _indices_left_closed(self) -> tuple[tuple[ClosedIndex, ...], tuple[str, ...]]:
        """Return the indices that runs left closed; a warning if that is unknown."""
        if self.mode == "plan" or self._must_stop():
            return (), ()
        try:
            return self.reopener.indices_left_closed(), ()
        except DeployError as error:
            return (), (f"It is unknown whether a run left an index closed. {error}",)

    def _open_left(self, left: Sequence[ClosedIndex]) -> Mapping[Key, str]:
        """Open the indices that runs left closed. Return for each one why it is not open, if it is not."""
        if not left:
            return {}
        try:
            if self.mode in WRITING_MODES:
                return self.reopener.open_recorded(self._clients)
            return self.reopener.check_recorded(left, self._clients)
        except DeployError as error:
            return {index.key: f"{left_by(index)} {error}" for index in left}
        finally:
            self._restart_budget()

    def _reopen(self, tasks: Sequence[IndexTask]) -> None:
        """Reopen the indices that need it to use the new version, and read the indices again."""
        wanted = dict[Key, Search]()
        for task in tasks:
            if task.must_apply and task.result.dictionary.apply == "reopen" and not task.is_refused:
                task.to_reopen = tuple(
                    key_of(use) for use in task.reading.uses if may_reopen(use, is_new=task.is_new)
                )
                wanted |= dict.fromkeys(task.to_reopen, _client(task))
        if not wanted:
            return
        try:
            self._reopened = self.reopener.reopen(wanted)
        except DeployError as error:
            self._reopened = dict.fromkeys(wanted, f"{NOT_CLOSED} {error}")
        self._restart_budget()
        stuck = self.reopener.stuck
        written = {key for key, why in self._reopened.items() if not why or key in stuck}
        concerned = [task for task in tasks if any(key_of(use) in wanted for use in task.reading.uses)]
        for task in concerned:
            task.expire(written, stuck)
        self._read(concerned)

    def _restart_budget(self) -> None:
        self._ends_at = min(self.clock.now() + MAX_INDICES_SECONDS, self.deadline.at)

    # ------------------------------------------------------------ results

    def _complete_result(
        self, result: Result, tasks: Sequence[IndexTask], closed: Sequence[str], warnings: Sequence[str]
    ) -> Result:
        """Return the result with its tasks; `closed` and `warnings` are about the run as a whole."""
        for task in tasks:
            if task.reading == Reading():
                task.warn(f"The indices on {task.domain} were not read. {self._why_not_read(task)}")
        uses = [replace(use, reopening=self._reopening(use)) for task in tasks for use in task.reading.uses]
        result = replace(
            result,
            indices=tuple(uses),
            effects=tuple(effect for task in tasks for effect in task.reading.effects)[:MAX_EFFECTS],
            warnings=(
                *result.warnings,
                *warnings,
                *(warning for task in tasks for warning in task.reading.warnings),
            ),
        )
        failures = [*closed, *(each for task in tasks for each in self._failures(task))]
        unmet = [sentence for task in tasks for sentence in task.unmet]
        return failed_by_indices(result, failures, unmet, is_plan=self.mode == "plan")

    def _why_not_read(self, task: IndexTask) -> str:
        if self.interruption:
            return "The run was stopped."
        if task.client:
            return (
                "Its endpoint did not respond in time. Check the domain, list fewer indices under `indices`,"
                " or raise `timeout-minutes`."
            )
        return self._why_no_endpoint

    def _failures(self, task: IndexTask) -> Iterator[str]:
        """Yield a sentence for each index of an applied dictionary that does not use the version."""
        if task.must_apply and task.is_new and not task.was_read:
            yield f"The version was not applied on {task.domain} because its indices were not read."
        if task.is_outdated:
            yield f"The indices on {task.domain} were not read after the refresh: it may have had no effect."
        if task.is_outdated or any(may_refresh(use, is_new=task.is_new) for use in task.reading.uses):
            # A refresh without a response may have succeeded.
            yield from task.failures or ()
        states = {key_of(use): use.state for use in task.reading.uses}
        for key in task.to_reopen:
            why, state = self._reopened[key], states.get(key)
            if why and state != "in effect":
                yield f"{_name(key)}: {why}"
            if not why and state == "reopen":
                yield f"{_name(key)} does not use the new version after it was reopened."
        for key, state in states.items():
            if task.failures == () and state == "refresh":
                yield f"{_name(key)} does not use the new version after the refresh."
            if self.mode == "check" and state in APPLIED_STATES[task.result.dictionary.apply]:
                yield f"{_name(key)} does not use the version. Run mode `deploy` to apply it."

    def _reopening(self, use: IndexUse) -> Literal["", "done", "failed"]:
        key = key_of(use)
        if key in self.reopener.stuck:
            return "failed"
        return "done" if self._reopened.get(key) == "" else ""


def key_of(use: IndexUse) -> Key:
    return use.domain, use.index


def _client(task: IndexTask) -> Search:
    if task.client is None:
        raise DeployError("internal", "Indices were read without an endpoint.")
    return task.client


def _name(key: Key) -> str:
    domain, index = key
    return f"{index} on {domain}"


def domains_to_read(result: Result, mode: Mode) -> tuple[str, ...]:
    """Return the domains whose indices are read for a result: those that have the version, or would.

    A run that changes nothing reads none, except in mode `check` and with `apply`.
    """
    if not result.dictionary.indices or result.package is None or not result.domains:
        return ()
    is_applied = mode in WRITING_MODES and result.dictionary.apply != "none"
    is_read = result.outcome in CHANGES or (result.outcome == "unchanged" and (mode == "check" or is_applied))
    if not is_read or result.dictionary.domains == "none":
        return ()
    skipped = dict(result.dictionary.left_out)
    return tuple(
        each.domain
        for each in result.domains
        if each.domain not in skipped
        and (result.dictionary.domains == "associated" or each.domain in result.dictionary.domains)
        and (result.planned or (each.status == "ACTIVE" and each.version == result.package.available))
    )
