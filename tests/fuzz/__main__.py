"""Fuzzes: `python -m tests.fuzz [--seconds N] [--seed N] [TARGET ...]`, N seconds for each target.

Prints what was tried; exits with 1 when a target found something, of which it shows the smallest input.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from types import FrameType

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.targets import TARGETS, Target

ROUND = 200
"""Inputs between two reads of the clock."""
HANG_SECONDS = 30

ENVIRON = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def fuzz(target: Target, seconds: float, first_seed: int, *, shrink: bool = True) -> int:
    """Return the number of inputs tried in the time. Raises the target's finding with the smallest input."""
    tried, began = 0, time.monotonic()

    def judge(value: object) -> None:
        nonlocal tried
        tried += 1
        signal.alarm(HANG_SECONDS)
        try:
            target.judge(value)
        finally:
            signal.alarm(0)

    until = settings(
        max_examples=ROUND,
        deadline=None,
        database=None,
        suppress_health_check=[*HealthCheck],
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        print_blob=False,
    )
    number = first_seed
    while number == first_seed or time.monotonic() - began < seconds:
        round_of: Callable[[], None] = seed(number)(until(given(target.inputs)(judge)))
        round_of()
        number += 1
    return tried


def _hang(_: int, __: FrameType | None) -> None:
    raise TimeoutError(f"no end within {HANG_SECONDS} s")


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=int(time.time()) * 1000)
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    given_ = parser.parse_args(argv)
    os.environ.update(ENVIRON)
    signal.signal(signal.SIGALRM, _hang)
    found = []
    for name in given_.targets or TARGETS:
        began = time.monotonic()
        try:
            told = f"{fuzz(TARGETS[name](), given_.seconds, given_.seed)} inputs, nothing found"
        except Exception:  # noqa: BLE001 - the other targets go on
            found.append(name)
            traceback.print_exc()
            told = "FOUND, see above"
        print(f"{name}: {told}, {time.monotonic() - began:.0f} s, --seed {given_.seed}", flush=True)
    print(f"{len(given_.targets or TARGETS) - len(found)} passed, {len(found)} failed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
