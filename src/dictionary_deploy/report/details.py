"""What the AWS API returned, as names with values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any


def members(details: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the name and the value, as people read it, of every member; those of ErrorDetails one by one."""
    for name, value in details.items():
        if name == "ErrorDetails" and isinstance(value, Mapping) and value:
            yield from ((f"{name}.{inner}", _shown(member)) for inner, member in value.items())
        else:
            yield name, _shown(value)


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
