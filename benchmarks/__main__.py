"""`python -m benchmarks [MEASURE...]`: runs all measures, or those named."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping

from benchmarks import cost, growth, memory, runs, start, validation

MEASURES: Mapping[str, Callable[[], Iterator[str]]] = {
    "validation": validation.measure,
    "growth": growth.measure,
    "start": start.measure,
    "nothing": runs.nothing,
    "one": runs.one,
    "many": runs.many,
    "memory": memory.measure,
    "cost": cost.measure,
}


def main(names: list[str]) -> int:
    """Print the results of each measure when it ends."""
    unknown = [name for name in names if name not in MEASURES]
    if unknown:
        print(f"There are {', '.join(MEASURES)}, but no {', '.join(unknown)}.", file=sys.stderr)
        return 2
    for name in names or MEASURES:
        for line in MEASURES[name]():
            print(line, flush=True)
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
