"""The peak memory of a run: with many large files that are streamed, and with one that is not."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.dictionary import changed, rules
from benchmarks.scene import noise, scene

MB = 1_000_000
MANY, LARGE = 25, 40 * MB
MOST = 150
RULES = 200_000


def measure() -> Iterator[str]:
    """Yield a line for binary dictionaries, and one for synonyms: 1 file, and 3 of the same size."""
    yield "memory, the peak of a run that deploys"
    with scene(MANY, kind="binary") as ready:
        ready.merge({file: noise(LARGE, seed) for seed, file in enumerate(ready.files)})
        peak = ready.deploy().peak / MB
    yield f"{MANY} binary dictionaries of {LARGE // MB} MB: {peak:.0f} MB (at most {MOST})"
    peaks = [_peak_of_synonyms(count) / MB for count in (1, 3)]
    yield (
        f"1 and 3 synonyms files of {RULES:,} rules: {peaks[0]:.0f} and {peaks[1]:.0f} MB,"
        f" {peaks[1] - peaks[0]:.0f} more (at most 100)"
    )


def _peak_of_synonyms(count: int) -> int:
    with scene(count) as ready:
        before = rules(RULES, seed=1)
        for lines in (before, changed(before, RULES // 100, seed=2)):
            text = "".join(f"{line}\n" for line in lines).encode()
            ready.merge(dict.fromkeys(ready.files, text))
            peak = ready.deploy().peak
    return peak
