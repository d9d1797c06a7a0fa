"""What boto3 makes of an answer, as JSON has it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any


def json_value(value: Any) -> Any:
    """`value` with every time in it, however deep, as ISO 8601 in UTC with milliseconds."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, dict):
        return {name: json_value(member) for name, member in value.items()}
    if isinstance(value, list):
        return [json_value(item) for item in value]
    return value
