"""The configuration file: read, checked as a whole, and laid over for each environment."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from dictionary_deploy.config_schema import TOP_LEVEL, nearest, schema_faults
from dictionary_deploy.errors import ConfigError, Fault
from dictionary_deploy.located_yaml import Located, excerpt, parse_yaml
from dictionary_deploy.model import Analyzer, Config, Dictionary

# What the 2015-01-01 API allows for the name in CreatePackage.
_LONGEST_NAME_ON_ES = 28

# More than these are faults by the schema. They are not looked at: the work grows with the product.
_MAX_ENVIRONMENTS: int = TOP_LEVEL["environments"]["maxProperties"]
_MAX_DICTIONARIES: int = TOP_LEVEL["dictionaries"]["maxItems"]

_DEFAULTS = {key: definition["default"] for key, definition in TOP_LEVEL.items() if "default" in definition}


def parse_config(data: bytes, path: str, environment: str) -> Config:
    """The configuration for `environment`, which is empty when the file has no `environments`.

    `path` is the file's name in faults. Raises ConfigError with every fault of the file, those of
    its other environments too, in the file's order.
    """
    return _parse(data, path, environment)[environment]


def parse_all(data: bytes, path: str) -> tuple[Config, ...]:
    """The configuration for every environment in the file's order, or the one when it has none.

    Raises ConfigError as parse_config does.
    """
    return tuple(_parse(data, path, None).values())


def _parse(data: bytes, path: str, chosen: str | None) -> dict[str, Config]:
    document, yaml_faults = parse_yaml(data, path)
    if document is None:
        raise ConfigError(yaml_faults)
    faults = [*yaml_faults, *schema_faults(document, path), *_environment_faults(document, path)]
    layers = _layers(document)
    for layer in layers.values():
        faults += schema_faults(layer, path)  # here alone it is known which keys are missing
        faults += _dictionary_faults(layer, path)
    if chosen is not None:
        faults += _choice_faults(document, path, chosen)
    if faults:
        raise ConfigError(tuple(sorted(dict.fromkeys(faults), key=lambda fault: (fault.line, fault.column))))
    return {environment: _config(layer, path, environment) for environment, layer in layers.items()}


# ---------------------------------------------------------------- environments


def _layers(document: Located) -> dict[str, Located]:
    """What each environment makes of the configuration; under "" the file itself when it has none."""
    if "environments" not in document.entries:
        return {"": document}
    return {
        name: _laid_over(document, environment)
        for name, environment in _environments(document).items()
        if isinstance(environment.value, dict)
    }


def _laid_over(document: Located, environment: Located) -> Located:
    own = environment.entries
    merged = {key: value for key, value in (document.entries | own).items() if key != "environments"}
    base = document.entries.get("dictionaries")
    if base is not None:
        # Of two for one file, which is a fault, the first counts: as in everything else that is listed twice.
        overlays = {_text(entry, "file"): entry.entries for entry in reversed(_dictionaries(environment))}
        replaced = {"domains"} & own.keys()
        entries = [
            _entry_laid_over(entry, overlays.get(_text(entry, "file"), {}), replaced)
            for entry in _dictionaries(document)
        ]
        # An empty or mistaken list stays as it is, so that its fault is found once and not twice.
        merged["dictionaries"] = replace(base, value=entries) if entries else base
    return replace(environment, value=merged)


def _entry_laid_over(entry: Located, overlay: dict[str, Located], replaced: set[str]) -> Located:
    """`entry` with the keys of `overlay`, and without what the environment has `replaced` for all."""
    if not isinstance(entry.value, dict):
        return entry
    kept = {key: value for key, value in entry.value.items() if key not in replaced}
    return replace(entry, value=kept | overlay)


# ---------------------------------------------------------------- faults that a schema cannot find


def _choice_faults(document: Located, path: str, chosen: str) -> Iterator[Fault]:
    """Whether the environment that the run asks for is one of the file's."""
    place = document.entries.get("environments")
    if place is None:
        if chosen:
            message = (
                f"There is no environment '{excerpt(chosen)}', since the configuration has no 'environments'."
            )
            yield Fault(path, document.line, message, "Run without an environment, or add it to the file.")
    elif place.entries and chosen not in place.entries:
        names = f"The environments are: {', '.join(map(excerpt, place.entries))}."
        if chosen:
            message = f"There is no environment '{excerpt(chosen)}'."
            remedy = f"{nearest(chosen, place.entries)} {names}".strip()
        else:
            message = "The configuration has 'environments', and the run does not say which one to use."
            remedy = f"Choose one with the input 'environment'. {names}"
        yield Fault(path, place.line, message, remedy, place.column)


def _environment_faults(document: Located, path: str) -> Iterator[Fault]:
    """What is wrong with the entries that environments lay over, as the file has them."""
    files = {_text(entry, "file") for entry in _dictionaries(document)}
    for name, environment in _environments(document).items():
        yield from _listed_twice(_dictionaries(environment), "file", path)
        for entry in _dictionaries(environment) if "dictionaries" in document.entries else ():
            file = _text(entry, "file")
            if file is not None and file not in files:
                message = f"Environment '{excerpt(name)}' lays over '{excerpt(file)}', which has no entry."
                remedy = "Add the file to the top level's 'dictionaries', or mend its name."
                place = entry.entries["file"]
                yield Fault(path, place.line, message, remedy, place.column)


def _dictionary_faults(layer: Located, path: str) -> Iterator[Fault]:
    """What is wrong with the dictionaries of one environment, taken together."""
    entries = _dictionaries(layer)
    yield from _listed_twice(entries, "file", path)
    yield from _listed_twice(entries, "package", path)
    service = _text(layer, "service") or _DEFAULTS["service"]
    for entry in entries:
        create, name = entry.entries.get("create"), _text(entry, "package")
        if create is None or create.value is not True or name is None:
            continue
        place = entry.entries["package"]
        if re.fullmatch(r"F\d+", name):
            message = f"'{excerpt(name)}' is an ID that AWS gives, and no package can be created with it."
            remedy = "Write the name that the package shall have, or remove 'create'."
            yield Fault(path, place.line, message, remedy, place.column)
        elif service == "es" and len(name) > _LONGEST_NAME_ON_ES:
            message = (
                f"'{excerpt(name)}' has {len(name)} characters, too many to be created with service: es."
            )
            remedy = f"Use at most {_LONGEST_NAME_ON_ES}, or set service: opensearch."
            yield Fault(path, place.line, message, remedy, place.column)


def _listed_twice(entries: Iterable[Located], key: str, path: str) -> Iterator[Fault]:
    first: dict[str, Located] = {}
    for entry in entries:
        value = _text(entry, key)
        if value is None:
            continue
        place = entry.entries[key]
        if value in first:
            message = f"The {key} '{excerpt(value)}' is listed twice, first on line {first[value].line}."
            remedy = "A file goes to one package, and a package holds one file: keep one of the two entries."
            yield Fault(path, place.line, message, remedy, place.column)
        else:
            first[value] = place


# ---------------------------------------------------------------- access, whatever faults there are


def _environments(document: Located) -> dict[str, Located]:
    environments = document.entries.get("environments")
    return (
        {}
        if environments is None
        else dict(itertools.islice(environments.entries.items(), _MAX_ENVIRONMENTS))
    )


def _dictionaries(layer: Located) -> list[Located]:
    dictionaries = layer.entries.get("dictionaries")
    return [] if dictionaries is None else dictionaries.items[:_MAX_DICTIONARIES]


def _text(mapping: Located, key: str) -> str | None:
    """The string under `key`; None when there is none, or something else."""
    value = mapping.entries.get(key)
    return value.value if value is not None and isinstance(value.value, str) else None


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
        dictionaries=tuple(_dictionary(entry, values) for entry in _dictionaries(layer)),
        environment=environment,
    )


def _dictionary(entry: Located, top: dict[str, Any]) -> Dictionary:
    inherited = {"domains": top["domains"], "take-over": top["take-over"]}
    values = _as_arguments(inherited | entry.plain)
    if "analyzer" in values:
        values["analyzer"] = Analyzer(**_as_arguments(values["analyzer"]))
    return Dictionary(**values, line=entry.line)


def _as_arguments(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key.replace("-", "_"): tuple(value) if isinstance(value, list) else value
        for key, value in values.items()
    }
