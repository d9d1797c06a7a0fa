"""Read from the domains' endpoints which indices use a package, and if search uses its active version.

It runs after the deploy, and only if the configuration has `indices`. A failed read is a warning. With
`apply: refresh`, search analyzers that do not use the version are refreshed; a failure fails the dictionary,
also one to read its indices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

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
from dictionary_deploy.decide.indices import (
    Chain,
    IndexAnalysis,
    broken,
    decided,
    failed_by_indices,
    find_uses,
    is_telling,
    may_refresh,
    planned,
    proof,
    refresh_failure,
    tokens_of,
)
from dictionary_deploy.decide.result import WRITING_MODES
from dictionary_deploy.deploy.pool import CallPool
from dictionary_deploy.errors import DeployError, SearchError
from dictionary_deploy.model import CHANGES, Expectation, IndexUse, Mode, Probe, Result
from dictionary_deploy.protocols import Search

MAX_PROBED_INDICES = 20
"""Indices of a domain whose state is determined; the others stay unknown."""
MAX_EFFECTS = 10
"""Effects in the report of a dictionary."""
MAX_FIELDS = 3
"""Fields of an index that expectations are checked in."""
BAD_REQUEST = 400


@dataclass(frozen=True, slots=True)
class Reading:
    """The indices of one domain that use a package, and the effects of its changes on searches."""

    uses: tuple[IndexUse, ...] = ()
    effects: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    analyses: tuple[IndexAnalysis, ...] = ()
    """The same uses, with their analyzers."""


@dataclass(slots=True)
class IndexReader:
    """Reads the indices of all results that concern them."""

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
    _ends_at: float = field(init=False)
    _readings: dict[tuple[str, str], Reading] = field(default_factory=dict)
    """By file and domain."""
    _failures: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """Errors of the requests to refresh, by file and domain; empty if a request succeeded."""
    _read_keys: set[tuple[str, str]] = field(default_factory=set)
    """Files and domains whose indices were read at least once."""
    _unmet: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """Sentences about broken expectations, by file and domain."""
    _unchecked: set[tuple[str, str]] = field(default_factory=set)
    """Files and domains with expectations that are still to be checked."""

    def __post_init__(self) -> None:
        self._ends_at = min(self.clock.now() + MAX_INDICES_SECONDS, self.deadline.at)

    def complete(self, results: Sequence[Result]) -> list[Result]:
        """Return the results with the indices that use their packages."""
        domains = {result.dictionary.file: domains_to_read(result, self.mode) for result in results}
        names = sorted({name for each in domains.values() for name in each})
        if not names:
            return [*results]
        if self._must_stop():
            return [self._completed(result, domains[result.dictionary.file], (), "") for result in results]
        urls, why = self._urls(names)
        missing = [name for name in names if name not in urls]
        reads = [
            (result, name) for result in results for name in domains[result.dictionary.file] if name in urls
        ]
        applied = [each for each in reads if each[0].dictionary.apply == "refresh" and self._writes(each[0])]
        self._read(reads, urls)
        # The service refreshes indices by itself. Only one that it does not gets a request.
        self._wait(applied, urls, min(self._ends_at, self.clock.now() + SERVICE_REFRESH_SECONDS))
        self._refresh(applied, urls)
        self._wait(reads, urls, self._ends_at)
        self._check_expectations(reads, urls)
        for (file, _), reading in self._readings.items():
            for effect in reading.effects[:MAX_EFFECTS]:
                self.log(f"{file}: {effect}")
        return [self._completed(result, domains[result.dictionary.file], missing, why) for result in results]

    def _writes(self, result: Result) -> bool:
        return self.mode in WRITING_MODES and result.outcome in CHANGES

    def _wait(self, reads: Sequence[tuple[Result, str]], urls: Mapping[str, str], end: float) -> None:
        """Read again until search uses the new version, at most until `end`."""
        began = self.clock.now()
        pending = [each for each in reads if self._is_pending(*each)]
        if pending:
            names = ", ".join(sorted({domain for _, domain in pending}))
            self.log(f"Waiting until the indices on {names} use the new version")
        while pending and not self.interruption and (left := end - self.clock.now()) > 0:
            pause = max(MIN_INDICES_PAUSE_SECONDS, pause_after(self.clock.now() - began))
            self.clock.sleep(min(pause, left))
            self._read(pending, urls)
            pending = [each for each in pending if self._is_pending(*each)]

    def _refresh(self, reads: Sequence[tuple[Result, str]], urls: Mapping[str, str]) -> None:
        """Have the engines reload the search analyzers that may not use the new version, and read again."""
        refreshed = []
        for result, domain in reads:
            reading = self._readings.get((result.dictionary.file, domain))
            uses = reading.uses if reading else ()
            # A file that the engine cannot load for one index is refreshed for none.
            names = [use.index for use in uses if may_refresh(use)]
            if names and not any(use.refusal for use in uses) and not self._must_stop():
                refreshed.append((result, domain))
                self._start_refresh(result.dictionary.file, domain, urls[domain], names)
        self._collect()
        self._read(refreshed, urls)

    def _start_refresh(self, file: str, domain: str, url: str, names: Sequence[str]) -> None:
        client = self.connect(domain, url)
        self.log(f"{file}: refreshing the search analyzers of {', '.join(names)} on {domain}")

        def call() -> tuple[str, ...]:
            return tuple(filter(None, (_refresh_index(client, name) for name in names)))

        def on_error(error: DeployError) -> None:
            self._failures[file, domain] = (str(error),)

        self.calls.start(
            (),
            call,
            lambda messages: self._failures.update({(file, domain): messages}),
            on_error,
            writes=True,
        )

    def _check_expectations(self, reads: Sequence[tuple[Result, str]], urls: Mapping[str, str]) -> None:
        """Check the expectations by the analyzers of the indices that use the version, as far as known."""
        for result, domain in reads:
            reading = self._readings.get((result.dictionary.file, domain))
            if reading and reading.analyses and result.dictionary.expect:
                self._unchecked.add((result.dictionary.file, domain))
                if not self._must_stop():
                    self._start_expectations(result, domain, urls[domain], reading)
        self._collect()
        for file, domain in self._unchecked:
            self._warn((file, domain), f"The expectations were not checked on {domain}: no time was left.")

    def _warn(self, key: tuple[str, str], warning: str) -> None:
        reading = self._readings[key]
        self._readings[key] = replace(reading, warnings=(*reading.warnings, warning))

    def _start_expectations(self, result: Result, domain: str, url: str, reading: Reading) -> None:
        key = result.dictionary.file, domain
        client = self.connect(domain, url)
        analyses = [
            analysis
            for analysis in reading.analyses[:MAX_PROBED_INDICES]
            if analysis.use.state in {"in effect", "unknown"}
            and not (analysis.use.refusal or analysis.use.is_closed)
        ]

        def on_result(sentences: tuple[str, ...]) -> None:
            self._unchecked.remove(key)
            self._unmet[key] = sentences

        def on_error(error: DeployError) -> None:
            self._unchecked.remove(key)
            self._warn(key, f"The expectations were not checked on {domain}: {error}")

        self.calls.start((), lambda: _unmet(client, analyses, result.dictionary.expect), on_result, on_error)

    def _urls(self, names: Sequence[str]) -> tuple[Mapping[str, str], str]:
        """Return the domains' endpoints, and AWS's error if it did not return them."""
        urls: dict[str, str] = {}
        errors: list[str] = []
        self.calls.start(
            (), lambda: self.endpoints(names), urls.update, lambda error: errors.append(str(error))
        )
        self._collect()
        return urls, " ".join(errors)

    def _read(self, reads: Sequence[tuple[Result, str]], urls: Mapping[str, str]) -> None:
        for result, domain in reads:
            self._start(result, domain, urls[domain])
        self._collect()

    def _start(self, result: Result, domain: str, url: str) -> None:
        key = result.dictionary.file, domain
        client = self.connect(domain, url)

        def on_result(reading: Reading) -> None:
            self._readings[key] = reading
            self._read_keys.add(key)

        def on_error(error: DeployError) -> None:
            self._readings[key] = Reading(warnings=(f"The indices on {domain} were not read: {error}",))

        self.calls.start((), lambda: self._reading(client, result, domain), on_result, on_error)

    def _collect(self) -> None:
        while self.calls.are_pending and not self._must_stop():
            self.calls.collect(min(MAX_SLEEP_SECONDS, max(0.0, self._ends_at - self.clock.now())))

    def _must_stop(self) -> bool:
        return bool(self.interruption) or self.clock.now() >= self._ends_at

    def _is_pending(self, result: Result, domain: str) -> bool:
        """Return True if the service may still refresh an index by itself, after a change of this run."""
        reading = self._readings.get((result.dictionary.file, domain))
        key = result.dictionary.file, domain
        is_new = self._writes(result) and (result.changed or key in self._failures)
        return bool(is_new and reading and any(use.state == "refresh" for use in reading.uses))

    def _completed(self, result: Result, domains: Sequence[str], missing: Sequence[str], why: str) -> Result:
        readings = [
            self._readings.get((result.dictionary.file, name), self._unread(name, missing, why))
            for name in domains
        ]
        keys = [(result.dictionary.file, name) for name in domains]
        failed = [
            message
            for key, reading in zip(keys, readings, strict=True)
            if any(map(may_refresh, reading.uses))  # a refresh without a response may have succeeded
            for message in self._failures.get(key, ())
        ]
        late = [
            f"{use.index} on {use.domain} does not use the new version after the refresh."
            for key, reading in zip(keys, readings, strict=True)
            if self._failures.get(key) == ()
            for use in reading.uses
            if use.state == "refresh"
        ]
        # Without a read, nothing was refreshed, and later runs find the version unchanged.
        must_apply = result.dictionary.apply == "refresh" and self._writes(result)
        unread = [
            f"The indices on {name} were not refreshed because they were not read."
            for name, key in zip(domains, keys, strict=True)
            if must_apply and key not in self._read_keys
        ]
        result = replace(
            result,
            indices=tuple(use for reading in readings for use in reading.uses),
            effects=tuple(effect for reading in readings for effect in reading.effects)[:MAX_EFFECTS],
            warnings=(*result.warnings, *(each for reading in readings for each in reading.warnings)),
        )
        unmet = [sentence for key in keys for sentence in self._unmet.get(key, ())]
        return failed_by_indices(result, (*failed, *late, *unread), unmet, is_plan=self.mode == "plan")

    def _unread(self, name: str, missing: Sequence[str], why: str) -> Reading:
        if self.interruption:
            why = "The run was stopped."
        elif name not in missing:
            why = "Its endpoint did not respond in time."
        return Reading(warnings=(f"The indices on {name} were not read. {why or 'It has no endpoint.'}",))

    # ------------------------------------------------------------ in the pool

    def _reading(self, client: Search, result: Result, domain: str) -> Reading:
        """Read the indices of one domain."""
        dictionary, package = result.dictionary, result.package
        settings = client.settings(dictionary.indices)
        mappings = client.mappings(dictionary.indices)
        found = find_uses(domain, package.id if package else "", settings, mappings)
        if not found:
            names = ", ".join(dictionary.indices)
            path = f"analyzers/{package.id if package else ''}"
            return Reading(
                warnings=(f"No index on {domain} that matches {names} uses {path}. Check `indices`.",)
            )
        if result.planned:
            return Reading(tuple(planned(each.use) for each in found))
        probes = result.diff.probes if result.diff and result.is_deployed else ()
        uses, effects = list[IndexUse](), list[str]()
        for number, analysis in enumerate(found):
            use, proofs = _probe(client, analysis, probes if number < MAX_PROBED_INDICES else ())
            uses.append(use)
            effects += proofs
        analyses = tuple(replace(analysis, use=use) for analysis, use in zip(found, uses, strict=True))
        return Reading(tuple(uses), tuple(effects), analyses=analyses)


def _probe(client: Search, analysis: IndexAnalysis, probes: Sequence[Probe]) -> tuple[IndexUse, list[str]]:
    """Return the use with its state, and the effects of the changes that show it."""
    use = analysis.use
    if use.is_closed or not analysis.chains:
        return decided(use, {}), []
    found: dict[str, list[bool]] = {}
    effects = list[str]()
    for name, chain in analysis.chains.items():
        plain = chain.without(analysis.parts)
        try:
            # Also without a probe: the engine builds the new file.
            client.analyze(use.index, chain.request(["a"]))
        except SearchError as error:
            if error.status != BAD_REQUEST:
                raise
            # Some chains work only in an index.
            refusal = error.message if _builds(client, use.index, plain) else ""
            return decided(replace(use, refusal=refusal), {}), []
        for probe in probes if name in use.search_analyzers else ():
            before, after = (
                tokens_of(client.analyze(use.index, plain.request(texts))) if texts else ()
                for texts in (probe.before, probe.after)
            )
            if not is_telling(before, after):
                continue
            wanted = tokens_of(client.analyze(use.index, chain.request([probe.text])))
            own = tokens_of(client.analyze(use.index, {"analyzer": name, "text": [probe.text]}))
            found.setdefault(name, []).append(own == wanted)
            if own == wanted:
                effects.append(proof(probe, use))
    state = decided(use, found)
    return state, [*dict.fromkeys(effects)] if state.state == "in effect" else []


def _unmet(
    client: Search, analyses: Sequence[IndexAnalysis], expected: Sequence[Expectation]
) -> tuple[str, ...]:
    """Return a sentence for each broken expectation. Documents are analyzed as by the field."""
    found = list[str]()
    for analysis in analyses:
        index = analysis.use.index
        for name, analyzer in analysis.searched[:MAX_FIELDS]:
            for expectation in expected:
                query = tokens_of(client.analyze(index, {"analyzer": analyzer, "text": [expectation.query]}))
                texts = {
                    text: tokens_of(client.analyze(index, {"field": name, "text": [text]}))
                    for text in (*expectation.matches, *expectation.excludes)
                }
                found += broken(expectation, query, texts, analysis.use, name)
    return tuple(found)


def _builds(client: Search, index: str, chain: Chain) -> bool:
    """Return True if the engine builds a chain: then another part is what it rejects."""
    try:
        client.analyze(index, chain.request(["a"]))
    except SearchError as error:
        if error.status != BAD_REQUEST:
            raise
        return False
    return True


def _refresh_index(client: Search, index: str) -> str:
    """Reload an index's search analyzers and clear its request cache; return the error, or an empty text."""
    message = refresh_failure(index, client.refresh(index))
    if not message:
        # Cached searches would still have the old results.
        client.clear_request_cache(index)
    return f"{client.domain}: {message}" if message else ""


def domains_to_read(result: Result, mode: Mode) -> tuple[str, ...]:
    """Return the domains whose indices are read for a result: those that have the version, or would.

    A run that changes nothing reads none, except in mode `check`.
    """
    if not result.dictionary.indices or result.package is None or not result.domains:
        return ()
    is_read = result.outcome in CHANGES or (mode == "check" and result.outcome == "unchanged")
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
