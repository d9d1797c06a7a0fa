"""Merge the overrides of each environment, and find environments that conflict in AWS."""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from dictionary_deploy.config.schema import TOP_LEVEL
from dictionary_deploy.config.yaml_loader import Located, excerpt
from dictionary_deploy.errors import Fault
from dictionary_deploy.model import PACKAGE_ID

# The schema reports more than these. They are not checked here: the work grows with the product.
_MAX_ENVIRONMENTS: int = TOP_LEVEL["environments"]["maxProperties"]
_MAX_DICTIONARIES: int = TOP_LEVEL["dictionaries"]["maxItems"]

_PREFIX: str = TOP_LEVEL["prefix"]["default"]

# ---------------------------------------------------------------- merged environments


def layers_of(document: Located) -> dict[str, Located]:
    """Return the merged configuration of each environment; without environments the file itself under ""."""
    if "environments" not in document.entries:
        return {"": document}
    return {
        name: _merge(document, environment)
        for name, environment in _environments(document).items()
        if isinstance(environment.value, dict)
    }


def _merge(document: Located, environment: Located) -> Located:
    own = environment.entries
    merged = {key: value for key, value in (document.entries | own).items() if key != "environments"}
    base = document.entries.get("dictionaries")
    if base is not None:
        # Two overrides of one file are a fault. The first counts, as for all duplicates.
        overrides = {
            text_of(entry, "file"): entry.entries for entry in reversed(dictionaries_of(environment))
        }
        replaced = {"domains"} & own.keys()
        entries = [
            _merge_entry(entry, overrides.get(text_of(entry, "file"), {}), replaced)
            for entry in dictionaries_of(document)
        ]
        # An empty or invalid list stays, so that its fault is reported once.
        merged["dictionaries"] = replace(base, value=entries) if entries else base
    return replace(environment, value=merged)


def _merge_entry(entry: Located, override: dict[str, Located], replaced: set[str]) -> Located:
    """Return `entry` with the keys of `override`, and without those that the environment sets for all."""
    if not isinstance(entry.value, dict):
        return entry
    entries = {key: value for key, value in entry.value.items() if key not in replaced}
    return replace(entry, value=entries | override)


# ---------------------------------------------------------------- faults


def override_faults(document: Located, path: str) -> Iterator[Fault]:
    """Yield the faults of the entries by which environments override dictionaries."""
    files = {text_of(entry, "file") for entry in dictionaries_of(document)}
    for name, environment in _environments(document).items():
        yield from listed_twice(dictionaries_of(environment), "file", path)
        for entry in dictionaries_of(environment) if "dictionaries" in document.entries else ():
            file = text_of(entry, "file")
            if file is not None and file not in files:
                message = f"Environment '{excerpt(name)}' overrides '{excerpt(file)}', which has no entry."
                remedy = "Add the file to the top level's 'dictionaries', or fix its name."
                place = entry.entries["file"]
                yield Fault(path, place.line, message, remedy, place.column)


@dataclass(frozen=True, slots=True)
class _Use:
    """The use of a package by one environment. Bucket and prefix locate its objects and its lock."""

    environment: str
    file: str
    bucket: str
    prefix: str


def conflict_faults(layers: Mapping[str, Located], path: str) -> Iterator[Fault]:
    """Yield faults where environments would overwrite each other's objects, or use two locks for a package.

    An object's key contains the package's name and the commit, but not the environment. Two files for one
    package name in one bucket and prefix would share an object, even for two packages of that name in two
    accounts or Regions. A package ID always identifies one package. Several environments may use one file
    for one package: content and lock are the same.
    """
    first: dict[tuple[str, ...], _Use] = {}
    for name, layer in layers.items():
        bucket, prefix = text_of(layer, "bucket"), text_of(layer, "prefix") or _PREFIX
        for entry in dictionaries_of(layer):
            file, package = text_of(entry, "file"), text_of(entry, "package")
            if bucket is None or file is None or package is None:
                continue
            use, is_id = _Use(name, file, bucket, prefix), bool(PACKAGE_ID.fullmatch(package))
            other = first.setdefault((package,) if is_id else (package, bucket, prefix), use)
            if other.environment != name and replace(other, environment=name) != use:
                place = entry.entries["package"]
                yield Fault(path, place.line, *_conflict(package, use, other, is_id=is_id), place.column)


def branch_faults(
    layers: Mapping[str, Located], path: str, faulty: Container[tuple[int, int]]
) -> Iterator[Fault]:
    """Yield faults where environments share a package's objects and lock, but assert different branches.

    The commits of one branch would replace those of the other. Branches at the `faulty` lines and columns
    are skipped.
    """
    first: dict[tuple[str, ...], tuple[str, str]] = {}
    for name, layer in layers.items():
        place, branch = layer.entries.get("branch"), text_of(layer, "branch")
        if place is None or branch is None or (place.line, place.column) in faulty:
            continue
        bucket, prefix = text_of(layer, "bucket") or "", text_of(layer, "prefix") or _PREFIX
        for package in filter(None, (text_of(entry, "package") for entry in dictionaries_of(layer))):
            other, its_branch = first.setdefault((package, bucket, prefix), (name, branch))
            if its_branch != branch:
                message = (
                    f"Environments '{excerpt(other)}' and '{excerpt(name)}' deploy the package"
                    f" '{excerpt(package)}' from different branches: '{excerpt(its_branch)}' and"
                    f" '{excerpt(branch)}'."
                )
                remedy = "Set the same branch, or another bucket or prefix in one of them."
                yield Fault(path, place.line, message, remedy, place.column)
                break  # the other packages have the same remedy


def _conflict(package: str, use: _Use, other: _Use, *, is_id: bool) -> tuple[str, str]:
    """Return message and remedy for two environments with a conflict in a package or its objects."""
    names = f"'{excerpt(other.environment)}' and '{excerpt(use.environment)}'"
    if use.file == other.file:
        message = (
            f"Environments {names} deploy to the package '{excerpt(package)}' with different buckets or"
            " prefixes, so they do not share a lock."
        )
        remedy = (
            "Set the same bucket and prefix for both. If these are two packages, set their common name, or"
            " the ID of each."
        )
        return message, remedy
    message = (
        f"Environments {names} deploy two files to the package '{excerpt(package)}':"
        f" '{excerpt(other.file)}' and '{excerpt(use.file)}'."
    )
    remedy = "Set another package in one of them: a package holds one file."
    if not is_id:
        remedy += " If these are two packages in two accounts or Regions, set a separate prefix for each."
    return message, remedy


def listed_twice(entries: Iterable[Located], key: str, path: str) -> Iterator[Fault]:
    """Yield a fault for every entry whose value of `key` an entry on an earlier line has, too."""
    first: dict[str, Located] = {}
    named = ((value, entry.entries[key]) for entry in entries if (value := text_of(entry, key)) is not None)
    # An override may be further down in the file than the entries next to it.
    for value, place in sorted(named, key=lambda each: (each[1].line, each[1].column)):
        if value in first:
            message = f"The {key} '{excerpt(value)}' is listed twice, first on line {first[value].line}."
            remedy = "Keep one of the two entries: a file goes to one package, and a package holds one file."
            yield Fault(path, place.line, message, remedy, place.column)
        else:
            first[value] = place


# ---------------------------------------------------------------- access despite faults


def _environments(document: Located) -> dict[str, Located]:
    environments = document.entries.get("environments")
    return (
        {}
        if environments is None
        else dict(itertools.islice(environments.entries.items(), _MAX_ENVIRONMENTS))
    )


def dictionaries_of(layer: Located) -> list[Located]:
    """Return the entries of `dictionaries`; empty if it is not a list."""
    dictionaries = layer.entries.get("dictionaries")
    return [] if dictionaries is None else dictionaries.items[:_MAX_DICTIONARIES]


def text_of(mapping: Located, key: str) -> str | None:
    """Return the string under `key`; None if it is missing or another type."""
    value = mapping.entries.get(key)
    return value.value if value is not None and isinstance(value.value, str) else None
