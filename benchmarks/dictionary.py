"""Synonyms files of any size, the same for the same seed."""

from __future__ import annotations

import random
from pathlib import Path

_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprst" for vowel in "aeiou"]


def rules(count: int, seed: int) -> list[str]:
    """Return rules of two or three made-up words, every tenth an explicit mapping; about 25 bytes each."""
    chance = random.Random(seed)  # noqa: S311 - made-up words are no secret

    def word() -> str:
        return "".join(chance.choices(_SYLLABLES, k=chance.choice((3, 4, 5))))

    def rule() -> str:
        first, *others = [word() for _ in range(chance.choice((2, 2, 3)))]
        return f"{first} => {', '.join(others)}" if chance.random() < 0.1 else ", ".join((first, *others))

    return [rule() for _ in range(count)]


def changed(lines: list[str], count: int, seed: int) -> list[str]:
    """Return the rules with `count` of them replaced."""
    places = random.Random(seed).sample(range(len(lines)), count)  # noqa: S311 - as above
    after = lines.copy()
    for place, rule in zip(places, rules(count, seed), strict=True):
        after[place] = rule
    return after


def written(folder: Path, name: str, lines: list[str]) -> Path:
    """Return the file of these lines."""
    path = folder / name
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path
