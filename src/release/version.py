"""Determine the next version, and check that it may be released."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_TAG = re.compile(r"v((?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)){2})", re.ASCII)


class ReleaseError(Exception):
    """A release is not possible; the message has the fix."""


def parse(version: str) -> tuple[int, ...]:
    """The three numbers of `version`. ReleaseError when it is no `MAJOR.MINOR.PATCH`."""
    if not _TAG.fullmatch(f"v{version}"):
        message = (
            f"{version!r} is no version such as 1.2.3: set __version__ in src/dictionary_deploy/__init__.py."
        )
        raise ReleaseError(message)
    return tuple(int(number) for number in version.split("."))


def major_tag(version: str) -> str:
    """The tag that users name, and that moves: v1 for 1.2.3."""
    return f"v{parse(version)[0]}"


def refuse_old(version: str, tags: Iterable[str]) -> None:
    """ReleaseError unless `version` comes after every released one: the major tag would move back."""
    released = [match[1] for tag in tags if (match := _TAG.fullmatch(tag))]
    newest = max(released, key=parse, default=None)
    if newest is not None and parse(version) <= parse(newest):
        raise ReleaseError(f"{version} does not come after {newest}, which is released: raise __version__.")


def refuse_stale_references(version: str, documents: Mapping[str, str]) -> None:
    """ReleaseError when a document, by its name, tells users to name another tag than the one that moves."""
    wanted = major_tag(version)
    for name, text in documents.items():
        for tag in re.findall(r"deploy-search-dictionaries(?:@|/)(v[0-9]+)\b", text):
            if tag != wanted:
                raise ReleaseError(f"{name} names {tag}, but {version} moves {wanted}: change one of them.")
