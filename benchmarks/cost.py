"""A plot of CPU seconds of a run by dictionaries, entries and bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.dictionary import rules
from benchmarks.plot import Curve, draw
from benchmarks.scene import ROOT, contents, noise, scene

PLOT = ROOT / "docs" / "growth.svg"
DICTIONARIES = (1, 5, 10, 15, 20, 25)
ENTRIES = (1_000, 100_000, 200_000, 300_000, 400_000)
MEGABYTES = (1, 10, 20, 30, 40)


def measure() -> Iterator[str]:
    """Yield a line for each curve; write the plot to `docs/growth.svg`."""
    yield "growth of a whole run that deploys, in seconds of the processor"
    curves = [
        Curve(
            "changed dictionaries of 1,000 rules", DICTIONARIES, [_of_dictionaries(n) for n in DICTIONARIES]
        ),
        Curve("rules of one changed dictionary", ENTRIES, _of_one("synonyms", [_text(n) for n in ENTRIES])),
        Curve(
            "MB of one changed binary dictionary",
            MEGABYTES,
            _of_one("binary", [noise(n * 1_000_000, n) for n in MEGABYTES]),
        ),
    ]
    for curve in curves:
        yield f"{curve.what}: " + ", ".join(f"{x:,}: {y:.2f}" for x, y in zip(curve.x, curve.y, strict=True))
    PLOT.write_text(draw(curves), encoding="utf-8")
    yield f"plot: {PLOT.relative_to(ROOT)}"


def _of_dictionaries(count: int) -> float:
    with scene(count) as ready:
        seconds = []
        for seed in (1, 2, 3):
            ready.merge(contents(ready.files, seed))
            seconds.append(ready.deploy().processor)
    return min(seconds)


def _of_one(kind: str, versions: Sequence[bytes]) -> list[float]:
    seconds = []
    with scene(1, kind=kind) as ready:
        for version in versions:
            ready.merge(dict.fromkeys(ready.files, version))
            seconds.append(ready.deploy().processor)
    return seconds


def _text(count: int) -> bytes:
    return "".join(f"{rule}\n" for rule in rules(count, seed=count)).encode()
