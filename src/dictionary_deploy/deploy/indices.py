"""Read from the domains' endpoints which indices use a package, and if search uses its active version.

It runs after the deploy, and only if the configuration has `indices`. Whatever fails is a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dictionary_deploy.clock import (
    MAX_INDICES_SECONDS,
    MAX_SLEEP_SECONDS,
    Clock,
    Deadline,
    Interruption,
    pause_after,
)
from dictionary_deploy.decide.indices import (
    IndexAnalysis,
    decided,
    find_uses,
    is_telling,
    planned,
    proof,
    tokens_of,
)
from dictionary_deploy.decide.result import WRITING_MODES
from dictionary_deploy.deploy.pool import CallPool
from dictionary_deploy.errors import DeployError, SearchError
from dictionary_deploy.model import CHANGES, IndexUse, Mode, Probe, Result
from dictionary_deploy.protocols import Search

MAX_PROBED_INDICES = 20
"""Indices of a domain that are asked what they use; the others stay unknown."""
BAD_REQUEST = 400


@dataclass(frozen=True, slots=True)
class Reading:
    """The indices of one domain that use a package, and the effects of its changes on searches."""

    uses: tuple[IndexUse, ...] = ()
    effects: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


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

    def __post_init__(self) -> None:
        self._ends_at = min(self.clock.now() + MAX_INDICES_SECONDS, self.deadline.at)

    def complete(self, results: Sequence[Result]) -> list[Result]:
        """Return the results with the indices that use their packages."""
        domains = {result.dictionary.file: domains_to_read(result, self.mode) for result in results}
        names = sorted({name for each in domains.values() for name in each})
        if not names or self._must_stop():
            return [*results]
        urls, why = self._urls(names)
        missing = [name for name in names if name not in urls]
        open_reads = [
            (result, name) for result in results for name in domains[result.dictionary.file] if name in urls
        ]
        began, is_logged = self.clock.now(), False
        while open_reads and not self._must_stop():
            self._read(open_reads, urls)
            open_reads = [each for each in open_reads if self._is_pending(*each)]
            if open_reads:
                waited = self.clock.now() - began
                if not is_logged:
                    waiting = ", ".join(sorted({domain for _, domain in open_reads}))
                    self.log(f"Waiting until the indices on {waiting} use the new version")
                is_logged = True
                self.clock.sleep(min(pause_after(waited), max(0.0, self._ends_at - self.clock.now())))
        for (file, _), reading in self._readings.items():
            for effect in reading.effects:
                self.log(f"{file}: {effect}")
        return [self._completed(result, domains[result.dictionary.file], missing, why) for result in results]

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
        is_new = self.mode in WRITING_MODES and result.changed
        return bool(is_new and reading and any(use.state == "refresh" for use in reading.uses))

    def _completed(self, result: Result, domains: Sequence[str], missing: Sequence[str], why: str) -> Result:
        readings = [
            self._readings.get((result.dictionary.file, name), self._unread(name, missing, why))
            for name in domains
        ]
        return replace(
            result,
            indices=tuple(use for reading in readings for use in reading.uses),
            effects=tuple(effect for reading in readings for effect in reading.effects),
            warnings=(*result.warnings, *(each for reading in readings for each in reading.warnings)),
        )

    def _unread(self, name: str, missing: Sequence[str], why: str) -> Reading:
        if name not in missing:
            why = f"Its endpoint did not respond within {MAX_INDICES_SECONDS:.0f} s."
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
        uses, effects = [], list[str]()
        for number, analysis in enumerate(found):
            use, proofs = _probe(client, analysis, probes if number < MAX_PROBED_INDICES else ())
            uses.append(use)
            effects += proofs
        return Reading(tuple(uses), tuple(effects))


def _probe(client: Search, analysis: IndexAnalysis, probes: Sequence[Probe]) -> tuple[IndexUse, list[str]]:
    """Return the use with its state, and the effects of the changes that show it."""
    use = analysis.use
    if use.is_closed or not analysis.chains:
        return decided(use, ()), []
    found: list[bool] = []
    effects = list[str]()
    for name, chain in analysis.chains.items():
        plain = chain.without(analysis.parts)
        try:
            # Also without a probe: the engine builds the new file.
            client.analyze(use.index, chain.request(["a"]))
        except SearchError as error:
            if error.status != BAD_REQUEST:
                raise
            return decided(replace(use, refusal=error.message), ()), []
        for probe in probes if name in use.search_analyzers else ():
            before, after = (
                tokens_of(client.analyze(use.index, plain.request(texts))) if texts else ()
                for texts in (probe.before, probe.after)
            )
            if not is_telling(before, after):
                continue
            wanted = tokens_of(client.analyze(use.index, chain.request([probe.text])))
            own = tokens_of(client.analyze(use.index, {"analyzer": name, "text": [probe.text]}))
            found.append(own == wanted)
            if own == wanted:
                effects.append(proof(probe, use))
    state = decided(use, found)
    return state, [*dict.fromkeys(effects)] if state.state == "in effect" else []


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
