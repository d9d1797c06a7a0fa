"""Scenarios as text, one event a line: `merge synonyms=b`, `dies run=run1 lands=yes`."""

from __future__ import annotations

import random
from collections.abc import Iterable

from tests.hunt.actions import Actions


def line_of(action: str, values: dict[str, str]) -> str:
    return " ".join([action, *(f"{name}={value}" for name, value in values.items())])


def play(lines: Iterable[str]) -> Actions:
    """Play the events with the jitter of the hunter's worlds; `world` comes first.

    AssertionError names the broken guarantee.
    """
    world, state = Actions(), random.getstate()
    random.seed(0)
    try:
        for line in lines:
            text = line.partition("#")[0].strip()
            if text.startswith("world"):
                world = Actions(**_values(text))
            elif text:
                getattr(world, text.split()[0])(**_values(text))
    finally:
        world.close()
        random.setstate(state)
    return world


def _values(text: str) -> dict[str, str]:
    return dict(word.split("=", 1) for word in text.split()[1:])
