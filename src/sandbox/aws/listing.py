"""Pages and filters of the operations that return lists."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from sandbox.aws.errors import validation

FILTERS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "PackageID": lambda details: str(details["PackageID"]),
    "PackageName": lambda details: str(details["PackageName"]),
    "PackageStatus": lambda details: str(details["PackageStatus"]),
    "PackageType": lambda details: str(details["PackageType"]),
    "PackageOwner": lambda details: str(details["PackageOwner"]),
    "EngineVersion": lambda _: "",  # dictionaries have none
}


def matches(
    details: Mapping[str, Any], filters: Sequence[Mapping[str, Any]], *, wildcards: bool = True
) -> bool:
    """Return True if PackageDetails match a value of every filter. `wildcards` expands `*` and `?`."""
    equal = fnmatchcase if wildcards else str.__eq__
    return all(
        any(equal(FILTERS[wanted["Name"]](details), value) for value in wanted["Value"]) for wanted in filters
    )


def asks_for_unknown_package(
    listed: Sequence[Mapping[str, Any]], filters: Sequence[Mapping[str, Any]]
) -> bool:
    """Return True if a PackageID filter has the ID of an unknown package."""
    by_id = [wanted for wanted in filters if wanted["Name"] == "PackageID"]
    return any(
        not any(fnmatchcase(details["PackageID"], value) for details in listed)
        for wanted in by_id
        for value in wanted["Value"]
    )


def page(
    entries: Sequence[Mapping[str, Any]], parameters: Mapping[str, Any], page_size: int, name: str
) -> dict[str, Any]:
    """Return the page that MaxResults and NextToken select, as the member `name`."""
    start = _position(parameters.get("NextToken"))
    end = start + min(parameters.get("MaxResults") or page_size, page_size)
    token = {"NextToken": base64.b64encode(b"%d" % end).decode()} if end < len(entries) else {}
    return {name: list(entries[start:end]), **token}


def _position(token: str | None) -> int:
    try:
        return int(base64.b64decode(token, validate=True)) if token else 0
    except (ValueError, binascii.Error):
        raise validation("Invalid pagination token") from None
