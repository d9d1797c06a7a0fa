"""The requests about the indices of one domain. They run in the pool. Each function may raise SearchError."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dictionary_deploy.decide.indices import (
    Chain,
    IndexAnalysis,
    broken_expectation,
    closed_in,
    effect_of,
    file_chains,
    find_uses,
    is_telling,
    refresh_failure,
    state_by_probes,
    state_by_settings,
    tokens_of,
)
from dictionary_deploy.errors import SearchError
from dictionary_deploy.model import Expectation, IndexUse, Probe, Result
from dictionary_deploy.protocols import Search

MAX_PROBED_INDICES = 20
"""Indices of a domain whose state is determined; the others stay unknown."""
MAX_FIELDS = 3
"""Fields of an index that expectations are checked in."""
BAD_REQUEST = 400
NOT_FOUND = 404
UNAVAILABLE = 503
"""The status of a request to a red index. Other indices can still be read."""
MAX_WARNINGS = 5
"""Indices of a domain that a warning names because they could not be read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The indices of one domain that use a package, and the effects of its changes on searches."""

    uses: tuple[IndexUse, ...] = ()
    effects: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    analyses: tuple[IndexAnalysis, ...] = ()
    """The uses whose states were read, with their analyzers."""


def read_indices(client: Search, result: Result, domain: str) -> Reading:
    """Read the indices of one domain."""
    dictionary, package = result.dictionary, result.package
    settings = client.settings(dictionary.indices)
    mappings = client.mappings(dictionary.indices)
    found = find_uses(domain, package.id if package else "", settings, mappings)
    if not found:
        names = ", ".join(dictionary.indices)
        path = f"analyzers/{package.id if package else ''}"
        return Reading(warnings=(f"No index on {domain} that matches {names} uses {path}. Check `indices`.",))
    if result.planned:
        return Reading(tuple(state_by_settings(each.use) for each in found))
    is_live = result.is_deployed or result.outcome == "unchanged"
    probes = result.diff.probes if result.diff and is_live else ()
    uses, analyses = list[IndexUse](), list[IndexAnalysis]()
    effects, errors = list[str](), dict[str, SearchError]()
    for number, analysis in enumerate(found):
        try:
            use, proofs = _probe(client, analysis, probes if number < MAX_PROBED_INDICES else ())
        except SearchError as error:
            if error.status == NOT_FOUND:  # deleted since its settings were read
                continue
            if error.status != UNAVAILABLE:
                raise
            errors[analysis.use.index] = error
            uses.append(analysis.use)
            continue
        uses.append(use)
        analyses.append(replace(analysis, use=use))
        effects += proofs
    if errors and not analyses:
        raise next(iter(errors.values()))
    return Reading(
        tuple(uses),
        tuple(effects),
        tuple(f"{index} on {domain} was not read: {error}" for index, error in errors.items())[:MAX_WARNINGS],
        tuple(analyses),
    )


def _probe(client: Search, analysis: IndexAnalysis, probes: Sequence[Probe]) -> tuple[IndexUse, list[str]]:
    """Return the use with its state, and the effects of the changes that show it."""
    use = analysis.use
    if use.is_closed or not analysis.chains:
        return state_by_probes(use, {}), []
    found: dict[str, list[bool]] = {}
    effects = list[str]()
    for name, chain in analysis.chains.items():
        plain = chain.without(analysis.parts)
        # Also without a probe: the engine builds the new file.
        if refusal := _refusal(client, use.index, chain):
            # Some chains work only in an index.
            is_of_file = not _refusal(client, use.index, plain)
            return state_by_probes(replace(use, refusal=refusal if is_of_file else ""), {}), []
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
                effects.append(effect_of(probe, use))
    state = state_by_probes(use, found)
    return state, [*dict.fromkeys(effects)] if state.state == "in effect" else []


def unmet_expectations(
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
                found += broken_expectation(expectation, query, texts, analysis.use, name)
    return tuple(found)


def is_closed(client: Search, index: str) -> bool:
    """Return True if an index exists and is closed."""
    return closed_in(client.settings([index]), index)


def why_not_closable(client: Search, index: str) -> str:
    """Return why an open index must not be closed; empty if it would open again.

    A file that the engine rejects keeps the whole index closed, also if the file is another package's. Raises
    SearchError with status 404 if someone has deleted or closed the index.
    """
    settings = client.settings([index])
    if index not in settings or closed_in(settings, index):
        raise SearchError(f"{client.domain} has no open index {index}.", status=NOT_FOUND)
    for name, chain in file_chains(settings, index).items():
        if chain is None:
            return (
                f"Its {name} has a built-in type, so the engine cannot check the file first. Define it with"
                " type `custom`, or reopen the index yourself."
            )
        if refusal := _refusal(client, index, chain):
            return (
                f"The engine cannot build its {name}, so it would not open again. {refusal}"
                " Fix the file that it reads."
            )
    return ""


def _refusal(client: Search, index: str, chain: Chain) -> str:
    """Return the engine's message if it cannot build a chain; empty if it can."""
    try:
        client.analyze(index, chain.request(["a"]))
    except SearchError as error:
        if error.status != BAD_REQUEST:
            raise
        return error.message
    return ""


def refresh_indices(client: Search, indices: Sequence[str]) -> tuple[str, ...]:
    """Reload the search analyzers of indices. Return an error for each that failed."""
    return tuple(filter(None, (_refresh_index(client, index) for index in indices)))


def _refresh_index(client: Search, index: str) -> str:
    """Reload an index's search analyzers and clear its request cache; return the error, or an empty text."""
    message = refresh_failure(index, client.refresh(index))
    if not message:
        # Cached searches would still have the old results.
        client.clear_request_cache(index)
    return f"{client.domain}: {message}" if message else ""
