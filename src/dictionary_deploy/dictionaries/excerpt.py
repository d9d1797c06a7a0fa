"""Text from a dictionary as messages quote it."""

from __future__ import annotations

LONGEST = 60


def excerpt(text: str) -> str:
    """The text in backticks, cut when it is long."""
    return f"`{text}`" if len(text) <= LONGEST else f"`{text[:LONGEST]}…`"


def rule_excerpt(rule: str) -> str:
    """A rule in a message. Nothing is left of a line of control characters, which the engine trims."""
    return excerpt(rule) if rule else "A line of control characters"
