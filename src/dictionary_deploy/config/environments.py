"""The environments of the configuration: laid over it, and where two of them would meet in AWS."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from dictionary_deploy.config.schema import TOP_LEVEL
from dictionary_deploy.config.yaml_loader import Located, excerpt
from dictionary_deploy.errors import Fault
from dictionary_deploy.model import PACKAGE_ID

# More than these are faults by the schema. They are not looked at: the work grows with the product.
_MAX_ENVIRONMENTS: int = TOP_LEVEL["environments"]["maxProperties"]
_MAX_DICTIONARIES: int = TOP_LEVEL["dictionaries"]["maxItems"]

_PREFIX: str = TOP_LEVEL["prefix"]["default"]

# ---------------------------------------------------------------- what each one makes of the file


def layers_of(document: Located) -> dict[str, Located]:
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
        overlays = {text_of(entry, "file"): entry.entries for entry in reversed(dictionaries_of(environment))}
        replaced = {"domains"} & own.keys()
        entries = [
            _entry_laid_over(entry, overlays.get(text_of(entry, "file"), {}), replaced)
            for entry in dictionaries_of(document)
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


# ---------------------------------------------------------------- faults


def overlay_faults(document: Located, path: str) -> Iterator[Fault]:
    """What is wrong with the entries that environments lay over, as the file has them."""
    files = {text_of(entry, "file") for entry in dictionaries_of(document)}
    for name, environment in _environments(document).items():
        yield from listed_twice(dictionaries_of(environment), "file", path)
        for entry in dictionaries_of(environment) if "dictionaries" in document.entries else ():
            file = text_of(entry, "file")
            if file is not None and file not in files:
                message = f"Environment '{excerpt(name)}' lays over '{excerpt(file)}', which has no entry."
                remedy = "Add the file to the top level's 'dictionaries', or mend its name."
                place = entry.entries["file"]
                yield Fault(path, place.line, message, remedy, place.column)


@dataclass(frozen=True, slots=True)
class _Use:
    """What an environment has for a package. Bucket and prefix are where its objects are, and its lock."""

    environment: str
    file: str
    bucket: str
    prefix: str


def meeting_faults(layers: Mapping[str, Located], path: str) -> Iterator[Fault]:
    """Where environments would overwrite each other's objects, or write to one package under two locks.

    An object's key has the package's name and the commit, and nothing of the environment: two files for one
    package of one bucket and prefix would be one object, even when AWS has two packages of that name, in two
    accounts or Regions. A package ID is one package wherever it stands. One file for one package may well
    stand in several environments: the content is the same, and the lock is shared.
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
                yield Fault(path, place.line, *_meeting(package, use, other, is_id=is_id), place.column)


def _meeting(package: str, use: _Use, other: _Use, *, is_id: bool) -> tuple[str, str]:
    """Message and remedy for two environments that meet in a package, or in the objects for it."""
    names = f"'{excerpt(other.environment)}' and '{excerpt(use.environment)}'"
    if use.file == other.file:
        message = (
            f"Environments {names} deploy to the package '{excerpt(package)}' under two buckets or prefixes,"
            " so that neither waits for the other."
        )
        remedy = (
            "Give both the same bucket and prefix. If two packages are meant, write the name that they share,"
            " or the ID of each."
        )
        return message, remedy
    message = (
        f"Environments {names} deploy two files to the package '{excerpt(package)}':"
        f" '{excerpt(other.file)}' and '{excerpt(use.file)}'."
    )
    remedy = "A package holds one file: name another package in one of the two."
    if not is_id:
        remedy += " If two packages have the name, in two accounts or Regions, give each a prefix of its own."
    return message, remedy


def listed_twice(entries: Iterable[Located], key: str, path: str) -> Iterator[Fault]:
    """Every entry whose `key` another one has, on a line before it."""
    first: dict[str, Located] = {}
    named = ((value, entry.entries[key]) for entry in entries if (value := text_of(entry, key)) is not None)
    # What an environment lays over may stand further down than what it is laid beside.
    for value, place in sorted(named, key=lambda each: (each[1].line, each[1].column)):
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


def dictionaries_of(layer: Located) -> list[Located]:
    """The entries of `dictionaries`; none when it is no list."""
    dictionaries = layer.entries.get("dictionaries")
    return [] if dictionaries is None else dictionaries.items[:_MAX_DICTIONARIES]


def text_of(mapping: Located, key: str) -> str | None:
    """The string under `key`; None when there is none, or something else."""
    value = mapping.entries.get(key)
    return value.value if value is not None and isinstance(value.value, str) else None
