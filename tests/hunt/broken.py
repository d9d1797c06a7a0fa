"""The exception for a broken guarantee."""

from __future__ import annotations


class BrokenError(AssertionError):
    """A guarantee that did not hold; the first word names it."""


def hold(guarantee: str, kept: object, told: str) -> None:
    if not kept:
        raise BrokenError(f"{guarantee}: {told}")
