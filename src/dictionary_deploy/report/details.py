"""What the AWS API returned, as JSON and as names with values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any


def iso(value: object) -> str:
    """Return what JSON has no form for: times in ISO 8601 and UTC, anything else as Python shows it."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def members(details: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the name and the value, as people read it, of every member; those of ErrorDetails one by one."""
    for name, value in details.items():
        if name == "ErrorDetails" and isinstance(value, Mapping) and value:
            yield from ((f"{name}.{inner}", _shown(member)) for inner, member in value.items())
        else:
            yield name, _shown(value)


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return iso(value)
    return json.dumps(value, default=iso, ensure_ascii=False)
