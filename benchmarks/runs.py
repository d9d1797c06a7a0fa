"""Whole runs, compared with the AWS CLI and with a script of it and curl."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from benchmarks.scene import BUCKET, REPOSITORY, ROOT, Scene, Took, contents, scene, timed

CLI = ROOT / ".venv" / "awscli" / "bin"
SCRIPT = Path(__file__).with_name("script.sh")
COPY_SECONDS = 1.0
COPIES = (0.0, 0.5, 1.0)
"""Seconds of a copy. The script polls after a third of a second, then every second."""
LATENCY_MS = 50.0
MANY = 25
"""AWS's limit of packages in a Region."""

CHAIN = (
    "GraphQL: the commit",
    "GetObject of the lock",
    "PutObject of the lock",
    "DescribePackages",
    "GetPackageVersionHistory",
    "HeadObject",
    "GraphQL: the branch",
    "GetObject",
    "PutObject",
    "PutObject of the lock",
    "UpdatePackage",
    "DescribePackages",
    "GetPackageVersionHistory",
    "HeadObject",
    "ListDomainsForPackage",
    "PutObject of the lock",
    "GraphQL: the pull requests",
    "POST of the comment",
    "GraphQL: its comments",
)
"""The sequential calls of a deploy, for any number of dictionaries."""


def nothing() -> Iterator[str]:
    """Compare a run that changes nothing with one call of the AWS CLI."""
    with scene(1) as ready:
        ready.merge({"README.md": b"Hello\n"})
        ours, theirs = _in_turn(9, ready.deploy, lambda: _cli(ready))
    yield "a run that changes nothing, against `aws es describe-packages` (at most 0.9)"
    yield _line(ours, theirs)


def one() -> Iterator[str]:
    """Compare a run with the script for one changed dictionary and copies of several lengths."""
    yield "one changed dictionary, against the script (at most 0.45)"
    for seconds in COPIES:
        with scene(1, copy_seconds=seconds) as ready:
            ours, theirs = _in_turn(5, _changed(ready, ready.deploy), _changed(ready, lambda: _script(ready)))
        least = seconds / median(took.seconds for took in theirs)
        yield f"copied in {seconds:.1f} s, which alone is {least:.2f} of the script {_line(ours, theirs)}"


def many() -> Iterator[str]:
    """Compare the maximum of changed dictionaries with the script, one dictionary and the chain."""
    options = {"copy_seconds": COPY_SECONDS, "latency_ms": LATENCY_MS}
    with scene(1, **options) as single, scene(MANY, **options) as ready:
        ours, alone = _in_turn(5, _changed(ready, ready.deploy), _changed(single, single.deploy))
        script = [_changed(ready, lambda: _script(ready))()]  # minutes: once is enough
    shortest = len(CHAIN) * LATENCY_MS / 1000 + COPY_SECONDS
    yield f"{MANY} changed dictionaries, answers {LATENCY_MS:.0f} ms late, copies of {COPY_SECONDS:.0f} s"
    yield f"against the script (at most 0.06)  {_line(ours, script)}"
    yield f"against one dictionary (at most 2) {_line(ours, alone)}"
    yield (
        f"critical path: {len(CHAIN)} calls of {LATENCY_MS:.0f} ms and the copy, {shortest:.2f} s:"
        f" {median(took.seconds for took in ours) / shortest:.1f} times that"
    )


def _in_turn(
    times: int, first: Callable[[], Took], second: Callable[[], Took]
) -> tuple[list[Took], list[Took]]:
    """Run both in turn, so that other load affects both. The first round of each is dropped."""
    pairs = [(first(), second()) for _ in range(times + 1)][1:]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _changed(ready: Scene, act: Callable[[], Took]) -> Callable[[], Took]:
    """Change every file, then call `act`."""

    def change_and_act() -> Took:
        ready.merge(contents(ready.files, seed=ready.pull_request))
        return act()

    return change_and_act


def _cli(ready: Scene) -> Took:
    return timed([str(CLI / "aws"), "es", "describe-packages"], ready.environ, ready.workspace)


def _script(ready: Scene) -> Took:
    environ = ready.environ | {"PATH": f"{CLI}{os.pathsep}{os.environ['PATH']}"}
    pairs = [f"{file}={package}" for file, package in ready.files.items()]
    return timed([str(SCRIPT), BUCKET, ready.head, REPOSITORY, *pairs], environ, ready.workspace)


def _line(ours: list[Took], theirs: list[Took]) -> str:
    """Return medians of wall seconds and their ratio, then of CPU seconds, which other load affects less."""
    return f"{_compared([[took.seconds for took in each] for each in (ours, theirs)])}, of the processor" + (
        _compared([[took.processor for took in each] for each in (ours, theirs)])
    )


def _compared(seconds: list[list[float]]) -> str:
    mine, other = map(median, seconds)
    return f"{mine:6.2f} s  {other:6.2f} s  {mine / other:5.2f} x"
