"""Parse and check the configuration, and merge the overrides of each environment."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from dictionary_deploy.config.environments import (
    branch_faults,
    conflict_faults,
    dictionaries_of,
    layers_of,
    listed_twice,
    override_faults,
    text_of,
)
from dictionary_deploy.config.schema import DICTIONARY, TOP_LEVEL, nearest, schema_faults
from dictionary_deploy.config.sharing import separate_environments
from dictionary_deploy.config.yaml_loader import Located, excerpt, parse_yaml
from dictionary_deploy.errors import ConfigError, Fault
from dictionary_deploy.model import PACKAGE_ID, Analyzer, Config, Dictionary, Expectation

# The limit of CreatePackage in the 2015-01-01 API.
_MAX_ES_NAME_CHARACTERS = 28

KINDS: frozenset[str] = frozenset(DICTIONARY["kind"]["enum"])
KINDS_IN_SETTINGS = frozenset(
    name
    for name, text in zip(DICTIONARY["kind"]["enum"], DICTIONARY["kind"]["enumDescriptions"], strict=True)
    if text.startswith("`")
)
"""The kinds whose files an index setting names; their descriptions begin with it."""
EXPECT_KINDS = frozenset({"synonyms", "wordnet-synonyms"})
"""The kinds whose effect on searches is modelled."""

APPLY_WITHOUT_INDICES = ("'apply' has no effect without 'indices'.", "Add 'indices', or remove 'apply'.")

_DEFAULTS = {key: definition["default"] for key, definition in TOP_LEVEL.items() if "default" in definition}


def parse_config(data: bytes, path: str, environment: str) -> Config:
    """Return the configuration of `environment`; empty for a file without `environments`.

    `path` is the file's name in faults. Raises ConfigError with every fault of the file, also of its other
    environments, in the file's order.
    """
    return _parse(data, path, environment)[environment]


def parse_all(data: bytes, path: str, environment: str = "") -> tuple[Config, ...]:
    """Return the configuration of every environment in the file's order.

    A file without `environments` has one. Raises ConfigError like parse_config. `environment`, unless it
    is empty, must be one of the file's.
    """
    return tuple(_parse(data, path, environment or None).values())


def _parse(data: bytes, path: str, chosen: str | None) -> dict[str, Config]:
    document, yaml_faults = parse_yaml(data, path)
    if document is None:
        raise ConfigError(yaml_faults)
    layers = layers_of(document)
    faults = [*yaml_faults, *schema_faults(document, path), *override_faults(document, path)]
    faults += [*_layer_faults(layers, path, frozenset(faults)), *conflict_faults(layers, path)]
    faults += branch_faults(layers, path, {(fault.line, fault.column) for fault in faults})
    if chosen is not None:
        faults += _choice_faults(document, path, chosen)
    if faults:
        raise ConfigError(tuple(sorted(dict.fromkeys(faults), key=lambda fault: (fault.line, fault.column))))
    configs = {environment: _config(layer, path, environment) for environment, layer in layers.items()}
    return separate_environments(configs)


# ---------------------------------------------------------------- faults that the schema cannot find


def _choice_faults(document: Located, path: str, chosen: str) -> Iterator[Fault]:
    """Yield a fault if the selected environment is not one of the file's."""
    place = document.entries.get("environments")
    if place is None:
        if chosen:
            message = f"Environment '{excerpt(chosen)}' not found: the configuration has no 'environments'."
            yield Fault(
                path, document.line, message, "Remove the input 'environment', or add 'environments'."
            )
    elif place.entries and chosen not in place.entries:
        names = f"The environments are: {', '.join(map(excerpt, place.entries))}."
        if chosen:
            message = f"Environment '{excerpt(chosen)}' not found."
            remedy = f"{nearest(chosen, place.entries)} {names}".strip()
        else:
            message = "The configuration has 'environments', but none is selected."
            remedy = f"Set the input 'environment'. {names}"
        yield Fault(path, place.line, message, remedy, place.column)


def _layer_faults(layers: Mapping[str, Located], path: str, known: Container[Fault]) -> Iterator[Fault]:
    """Yield the faults of the merged environments, such as a key that is missing in some of them.

    The message names the environments unless all have the fault. Faults in `known` are skipped.
    """
    environments: dict[Fault, list[str]] = {}
    for name, layer in layers.items():
        for fault in dict.fromkeys((*schema_faults(layer, path), *_dictionary_faults(layer, path))):
            environments.setdefault(fault, []).append(f"'{excerpt(name)}'")
    for fault, names in environments.items():
        if fault in known or len(names) == len(layers):
            yield fault
        else:
            prefix = f"Environment{'s' if len(names) > 1 else ''} {', '.join(names)}"
            yield replace(fault, message=f"{prefix}: {fault.message}")


def _dictionary_faults(layer: Located, path: str) -> Iterator[Fault]:
    """Yield the faults of one environment's dictionaries."""
    entries = dictionaries_of(layer)
    yield from listed_twice(entries, "file", path)
    yield from listed_twice(entries, "package", path)
    service = text_of(layer, "service") or _DEFAULTS["service"]
    apply = layer.entries.get("apply")
    if apply is not None and not any("indices" in each.entries for each in (layer, *entries)):
        yield Fault(path, apply.line, *APPLY_WITHOUT_INDICES, apply.column)
    for entry in entries:
        yield from _expectation_faults(entry, path)
        yield from _index_faults(layer, entry, path)
        create, name = entry.entries.get("create"), text_of(entry, "package")
        if create is None or create.value is not True or name is None:
            continue
        place = entry.entries["package"]
        if PACKAGE_ID.fullmatch(name):
            message = f"'{excerpt(name)}' is a package ID and cannot be the name of a new package."
            remedy = "Set 'package' to a name, or remove 'create'."
            yield Fault(path, place.line, message, remedy, place.column)
        elif service == "es" and len(name) > _MAX_ES_NAME_CHARACTERS:
            message = (
                f"'{excerpt(name)}' has {len(name)} characters, too many for a new package with service: es."
            )
            remedy = f"Use at most {_MAX_ES_NAME_CHARACTERS} characters, or set service: opensearch."
            yield Fault(path, place.line, message, remedy, place.column)


def _expectation_faults(entry: Located, path: str) -> Iterator[Fault]:
    """Yield the faults of `expect` that depend on other keys, and of expectations without a text."""
    place = entry.entries.get("expect")
    if place is None:
        return
    kind, filter_type = text_of(entry, "kind"), text_of(entry, "filter")
    if kind in KINDS and kind not in EXPECT_KINDS:
        message, remedy = f"'expect' has no effect on kind: {kind}.", "Remove it."
        yield Fault(path, place.line, message, remedy, place.column)
    elif filter_type == "synonym":
        message = "'expect' supports only filter: synonym_graph."
        remedy = "Remove 'expect', or use a synonym_graph filter and remove 'filter'."
        yield Fault(path, place.line, message, remedy, place.column)
    for each in place.items:
        if "query" in each.entries and not {"matches", "not"} & each.entries.keys():
            message = f"The expectation for '{excerpt(text_of(each, 'query') or '')}' has no text."
            remedy = "Add 'matches', 'not' or both: matches: [notebook]"
            yield Fault(path, each.line, message, remedy, each.column)


def _index_faults(layer: Located, entry: Located, path: str) -> Iterator[Fault]:
    """Yield a fault for each key that has no effect: on the kind, or without the indices to apply it to."""
    kind = text_of(entry, "kind")
    for key in ("indices", "apply"):
        place = entry.entries.get(key)
        if place is not None and kind in KINDS - KINDS_IN_SETTINGS:
            message = f"'{key}' has no effect on kind: {kind}."
            yield Fault(path, place.line, message, "Remove it.", place.column)
        elif key == "apply" and place is not None and "indices" not in entry.entries | layer.entries:
            yield Fault(path, place.line, *APPLY_WITHOUT_INDICES, place.column)


# ---------------------------------------------------------------- a configuration without faults


def _config(layer: Located, path: str, environment: str) -> Config:
    values = _DEFAULTS | layer.plain
    return Config(
        path=path,
        bucket=values["bucket"],
        prefix=values["prefix"],
        branch=values.get("branch"),
        service=values["service"],
        region=values.get("region"),
        expected_bucket_owner=values.get("expected-bucket-owner"),
        dictionaries=tuple(_dictionary(entry, values, path) for entry in dictionaries_of(layer)),
        environment=environment,
    )


def _dictionary(entry: Located, top: dict[str, Any], path: str) -> Dictionary:
    inherited = {
        "domains": top["domains"],
        "take-over": top["take-over"],
        "apply": top["apply"],
        "indices": [],
    }
    if entry.plain["kind"] in KINDS_IN_SETTINGS:
        inherited["indices"] = top.get("indices", [])
    values = _as_arguments(inherited | entry.plain)
    if "analyzer" in values:
        analyzer = values["analyzer"]
        stopwords = frozenset(_comma_list(analyzer.get("stopwords", ())))
        values["analyzer"] = Analyzer(**_as_arguments(analyzer | {"stopwords": stopwords}))
    if "expect" in values:
        values["expect"] = tuple(_expectation(each, path) for each in entry.entries["expect"].items)
    return Dictionary(**values, line=entry.line)


def _expectation(place: Located, path: str) -> Expectation:
    texts = _as_arguments(place.plain)
    return Expectation(
        texts["query"], texts.get("matches", ()), texts.get("not", ()), path, place.line, place.column
    )


def _comma_list(words: list[str] | str) -> Iterable[str]:
    """Return the words of a list or of a comma-separated text, as in index settings."""
    return filter(None, map(str.strip, words.split(","))) if isinstance(words, str) else words


def _as_arguments(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key.replace("-", "_"): tuple(value) if isinstance(value, list) else value
        for key, value in values.items()
    }
