"""Find the indices that use a package in a domain's settings and mappings, and decide their states. Pure.

The responses come from a search engine of any version: unknown and malformed parts are ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from dictionary_deploy.decide.searches import Token, document_of, finds, query_of
from dictionary_deploy.model import Expectation, IndexUse, Probe, Result

NOT_RELOADED = frozenset({"keyword_marker"})
"""Filters that have the setting `updateable`, but are not reloaded: seen on OpenSearch 2.19 and 3.8."""

MAX_SENTENCES = 5
"""Broken expectations in a message, and texts in an effect."""

_PARTS = ("tokenizer", "filter", "char_filter")


@dataclass(frozen=True, slots=True)
class Chain:
    """An analyzer's parts by name, as a request to `_analyze` has them."""

    tokenizer: str
    filters: tuple[str, ...]
    char_filters: tuple[str, ...]

    def request(self, texts: Sequence[str]) -> dict[str, Any]:
        """Return the request that analyzes texts with newly built parts, which reads their files again."""
        return {
            "tokenizer": self.tokenizer,
            "filter": [*self.filters],
            "char_filter": [*self.char_filters],
            "text": [*texts],
        }

    def without(self, parts: AbstractSet[str]) -> Chain:
        """Return the chain without these filters."""
        return replace(self, filters=tuple(name for name in self.filters if name not in parts))


@dataclass(frozen=True, slots=True)
class IndexAnalysis:
    """The analysis settings of an index, and the parts that use a package's file."""

    use: IndexUse
    chains: Mapping[str, Chain]
    """The chains of the analyzers with the file. Analyzers of a built-in type have none."""
    parts: frozenset[str]
    """The names of the filters with the file."""
    searched: tuple[tuple[str, str], ...] = ()
    """The fields that are searched with such an analyzer, each with it."""


def find_uses(domain: str, package_id: str, settings: object, mappings: object) -> tuple[IndexAnalysis, ...]:
    """Return the indices that use `analyzers/<package_id>`, sorted by name.

    The arguments are the responses to `_settings` and `_mapping`.
    """
    path = f"analyzers/{package_id}"
    found = []
    for index, body in sorted(_mapping(settings).items()):
        own = _at(body, "settings", "index")
        fields = [*_fields(_at(_mapping(mappings).get(index), "mappings"), "")]
        if analysis := _analysis(domain, index, own, fields, path):
            found.append(analysis)
    return tuple(found)


def _analysis(
    domain: str,
    index: str,
    own: Mapping[str, Any],
    fields: Sequence[tuple[str, Mapping[str, Any]]],
    path: str,
) -> IndexAnalysis | None:
    definitions = {kind: _at(own, "analysis", kind) for kind in (*_PARTS, "analyzer", "normalizer")}
    parts = {kind: _parts_with(definitions[kind], path.__eq__) for kind in _PARTS}
    users = {
        name
        for kind in ("analyzer", "normalizer")
        for name, definition in definitions[kind].items()
        if path in _texts(definition) or any(parts[kind] & {*_name_list(definition, kind)} for kind in _PARTS)
    }
    if not users:
        return None
    indexed = users & ({"default"} | {name for _, field in fields for name in _index_analyzers(field)})
    searched = sorted(users - indexed)
    analyzers = definitions["analyzer"]
    reloaded = {
        name
        for name, definition in definitions["filter"].items()
        if _is_true(_mapping(definition).get("updateable"))
        and _mapping(definition).get("type") not in NOT_RELOADED
    }
    return IndexAnalysis(
        IndexUse(
            domain,
            index,
            search_analyzers=tuple(searched),
            index_analyzers=tuple(sorted(indexed)),
            fields=tuple(sorted(name for name, field in fields if users & {*_analyzer_names(field)})),
            is_updateable=all(reloaded & {*_name_list(analyzers.get(name), "filter")} for name in searched),
            is_closed=_is_true(own.get("verified_before_close")),
        ),
        {
            name: _chain(analyzers[name])
            for name in (*searched, *sorted(indexed))
            if "tokenizer" in _mapping(analyzers.get(name))
        },
        frozenset(parts["filter"]),
        tuple(
            (name, analyzer)
            for name, field in fields
            if (analyzer := str(field.get("search_analyzer") or field.get("analyzer"))) in users
        ),
    )


def closed_in(settings: object, index: str) -> bool:
    """Return True if an index is closed. The argument is the response to `_settings`."""
    return _is_true(_at(settings, index, "settings", "index").get("verified_before_close"))


def file_chains(settings: object, index: str) -> dict[str, Chain | None]:
    """Return a chain for each part that reads a package's file when an index opens, by its name.

    Such a name is "analyzer `a`". Parts that no analyzer uses are included: the engine builds them, too. An
    analyzer of a built-in type has None instead. The argument is the response to `_settings`.
    """
    own = _at(settings, index, "settings", "index", "analysis")
    parts = {kind: _parts_with(_at(own, kind), _is_package) for kind in _PARTS}
    chains, used = dict[str, Chain | None](), set[tuple[str, str]]()
    for kind in ("analyzer", "normalizer"):
        for name, definition in _at(own, kind).items():
            own_parts = {
                (part, each) for part in _PARTS for each in parts[part] & {*_name_list(definition, part)}
            }
            if own_parts or any(map(_is_package, _texts(definition))):
                has_chain = kind == "normalizer" or "tokenizer" in _mapping(definition)
                chains[f"{kind} `{name}`"] = _chain(definition) if has_chain else None
            used |= own_parts
    for part in _PARTS:
        for name in sorted(parts[part]):
            if (part, name) not in used:
                chains[f"{part} `{name}`"] = _chain({part: name})
    return chains


def state_by_settings(use: IndexUse) -> IndexUse:
    """Return the use with what is to be done after a deploy, by its settings alone."""
    if use.index_analyzers:
        return replace(use, state="reindex")
    return replace(use, state="refresh" if use.is_updateable else "reopen")


def state_by_probes(use: IndexUse, probed: Mapping[str, Sequence[bool]]) -> IndexUse:
    """Return the use with its state.

    `probed` has by search analyzer, for each probe that tells the versions apart, if it uses the new file.
    """
    if use.refusal or use.is_closed:
        return replace(use, state="unknown")
    if use.index_analyzers:
        return replace(use, state="reindex")
    if not all(map(all, probed.values())):
        return state_by_settings(use)
    is_known = bool(probed) and probed.keys() >= {*use.search_analyzers}
    return replace(use, state="in effect" if is_known else "unknown")


def may_refresh(use: IndexUse, *, is_new: bool) -> bool:
    """Return True if a refresh may make search use the version.

    `is_new` is True if this commit deployed the version to the domain. Then an index is refreshed even if no
    changed entry shows whether it uses the version.
    """
    is_possible = bool(use.search_analyzers) and use.is_updateable and not use.is_closed
    return is_possible and (use.state == "refresh" or (is_new and use.state != "in effect"))


def may_reopen(use: IndexUse, *, is_new: bool) -> bool:
    """Return True if search uses the version only after the index is reopened.

    `is_new` as in `may_refresh`: an index whose state is unknown has not loaded the version.
    """
    is_possible = not (use.index_analyzers or use.is_updateable or use.is_closed or use.refusal)
    return is_possible and (use.state == "reopen" or (is_new and use.state == "unknown"))


def refresh_failure(index: str, response: object) -> str:
    """Return why a refresh failed; empty if it did not. The engine answers with 200 in either case."""
    failed = _number(_at(response, "_shards").get("failed"), 0)
    details = _mapping(response).get("successful_refresh_details")
    reloaded = [
        each
        for each in (details if isinstance(details, list) else ())
        if isinstance(each, dict) and each.get("index") == index and each.get("refreshed_analyzers")
    ]
    if failed:
        return f"the refresh of {index} failed on {failed} shard{'s' if failed > 1 else ''}."
    return "" if reloaded else f"the refresh of {index} reloaded no analyzer."


def broken_expectation(
    expectation: Expectation,
    query: Sequence[Token],
    texts: Mapping[str, Sequence[Token]],
    use: IndexUse,
    field: str,
) -> list[str]:
    """Return a sentence for each text that a search of a field should find and does not, or the other way."""
    where = f"{field} of {use.index} on {use.domain}"
    found = {text for text, tokens in texts.items() if finds(query_of(query), document_of(tokens))}
    missing = [text for text in expectation.matches if text not in found]
    excluded = [text for text in expectation.excludes if text in found]
    return [
        *(f"A search for `{expectation.query}` in {where} does not find `{text}`." for text in missing),
        *(f"A search for `{expectation.query}` in {where} finds `{text}`." for text in excluded),
    ]


def failed_by_indices(
    result: Result, failures: Sequence[str], unmet: Sequence[str], *, is_plan: bool
) -> Result:
    """Return the result as failed if an engine cannot load the file, a refresh failed or a search is wrong.

    `failures` has a sentence for each index that does not use the version, `unmet` for each broken
    expectation.
    """
    if is_plan:
        return result
    if result.reason:
        return replace(result, warnings=(*result.warnings, *failures))
    refused = [use for use in result.indices if use.refusal]
    if refused:
        names = ", ".join(f"{use.index} on {use.domain}" for use in refused)
        return replace(
            result,
            outcome="failed",
            reason="engine-refused",
            message=" ".join(
                (result.message, f"{names}: the engine cannot load it. {refused[0].refusal}", *failures)
            ),
            remedy="Fix the file, or run mode `rollback`. Until then, reopen no index and restart no node:"
            " the old version is still used.",
        )
    if failures:
        return replace(
            result,
            outcome="failed",
            reason="apply-failed",
            message=f"{result.message} {' '.join(failures)}",
            remedy="Follow the message, then rerun: it picks up where it left off.",
        )
    if unmet:
        more = f" ({len(unmet) - MAX_SENTENCES} more)" if len(unmet) > MAX_SENTENCES else ""
        return replace(
            result,
            outcome="failed",
            reason="expectation-failed",
            message=f"{result.message} {' '.join(unmet[:MAX_SENTENCES])}{more}",
            remedy="The version is live. Fix the file, the expectation or the index, or roll back.",
        )
    return result


def is_telling(before: Sequence[Token], after: Sequence[Token]) -> bool:
    """Return True if a probe shows which file an index uses: its texts have other tokens."""
    return {token for token, *_ in before} != {token for token, *_ in after}


def effect_of(probe: Probe, use: IndexUse) -> str:
    """Return the effect of a change on an index that uses it: `laptop now also finds notebook (shop-v3)`."""
    added = [text for text in probe.after if text not in probe.before]
    removed = [text for text in probe.before if text not in probe.after]
    verb, texts = ("now also finds", added) if added else ("no longer finds", removed)
    more = f" and {len(texts) - MAX_SENTENCES} more" if len(texts) > MAX_SENTENCES else ""
    return f"{probe.text} {verb} {', '.join(texts[:MAX_SENTENCES])}{more} ({use.index})"


def tokens_of(response: object) -> tuple[Token, ...]:
    """Return the tokens of a response of `_analyze`, in an order of their own."""
    tokens = _mapping(response).get("tokens")
    return tuple(
        sorted(
            (str(each.get("token")), _number(each.get("position"), 0), _number(each.get("positionLength"), 1))
            for each in (tokens if isinstance(tokens, list) else ())
            if isinstance(each, dict)
        )
    )


def _parts_with(definitions: Mapping[str, Any], is_wanted: Callable[[str], bool]) -> set[str]:
    """Return the parts with a wanted file, also by way of another filter, as in `multiplexer`."""
    found = {name for name, definition in definitions.items() if any(map(is_wanted, _texts(definition)))}
    while more := {
        name
        for name, definition in definitions.items()
        if name not in found
        and found & {*_name_list(definition, "filter"), *_name_list(definition, "filters")}
    }:
        found |= more
    return found


def _is_package(path: str) -> bool:
    return path.startswith("analyzers/")


def _chain(definition: Any) -> Chain:
    return Chain(
        str(definition.get("tokenizer", "keyword")),  # as in a normalizer, or for a filter alone
        tuple(_name_list(definition, "filter")),
        tuple(_name_list(definition, "char_filter")),
    )


def _fields(node: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each part of a mapping that names an analyzer, with the field's path."""
    for name, value in _mapping(node).items():
        if name in {"properties", "fields"}:
            for field, definition in _mapping(value).items():
                here = f"{path}.{field}" if path else field
                yield here, _mapping(definition)
                yield from _fields(definition, here)


def _analyzer_names(field: Mapping[str, Any]) -> Iterator[str]:
    names = ("analyzer", "search_analyzer", "search_quote_analyzer", "normalizer")
    return (str(field[name]) for name in names if name in field)


def _index_analyzers(field: Mapping[str, Any]) -> Iterator[str]:
    return (str(field[name]) for name in ("analyzer", "normalizer") if name in field)


def _name_list(definition: Any, key: str) -> list[str]:
    """Return the names under a key, which may be one text or several, each with one name or several."""
    value = _mapping(definition).get(key)
    texts = value if isinstance(value, list) else [value]
    return [each.strip() for text in texts if isinstance(text, str) for each in text.split(",")]


def _texts(definition: Any) -> list[str]:
    return [value for value in _mapping(definition).values() if isinstance(value, str)]


def _at(node: Any, *keys: str) -> Mapping[str, Any]:
    for key in keys:
        node = _mapping(node).get(key)
    return _mapping(node)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


def _number(value: Any, default: int) -> int:
    return value if isinstance(value, int) else default
