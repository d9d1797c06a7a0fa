"""A whole deploy for hunters to disturb, what has to be the case in the end, and their time budget.

Two dictionaries go to three domains and a comment to pull request 7; one package is there, the other
is created.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sandbox.aws.switches import Switches
from sandbox.fault_proxy import fault_proxy
from sandbox.faults import Fault, Plan, aws_operation, github_operation
from sandbox.server import serve
from tests.end_to_end.scene import BUCKET, Later, Ran, Scene, SideBySide

SYNONYMS = {"file": "search/synonyms.txt", "package": "product-synonyms", "kind": "synonyms"}
STOPWORDS = {"file": "search/stopwords.txt", "package": "stopwords", "kind": "stopwords", "create": True}
CONTENT = {"search/synonyms.txt": "tv, television\n", "search/stopwords.txt": "the\na\n"}
NEWER = {"search/synonyms.txt": "tv, telly\n", "search/stopwords.txt": "the\nan\n"}
PACKAGES = ("product-synonyms", "stopwords")
DOMAINS = ("search-old", "search-prod", "search-test")
PULL_REQUEST = 7
QUICK = Switches(copy_seconds=0.1, associate_seconds=0.1)
AN_HOUR = 3600.0
WRITES = ("s3:PutObject", "es:CreatePackage", "es:UpdatePackage", "es:AssociatePackage", "github:POST")
AT_ONCE = 10
"""The number of scenes in parallel; most of their time is waiting."""

Case = TypeVar("Case")


@dataclass(frozen=True)
class Ended:
    """The final state: the last run, AWS and GitHub."""

    ran: Ran
    messages: dict[str, list[str]]
    contents: dict[str, str]
    comments: list[str]


def furnish(scene: Scene, number: int) -> str:
    """Create one of two packages and merge pull request 7 with both dictionaries; return its commit."""
    scene.make_package(PACKAGES[0])
    scene.clock.skip(60)
    scene.configure(SYNONYMS, STOPWORDS, domains=[*DOMAINS], prefix=f"scene-{number}")
    scene.commit({})
    return scene.merge(CONTENT, PULL_REQUEST)


def furnish_rollback(scene: Scene, number: int) -> tuple[str, str]:
    """As `furnish`; deploy that commit and a newer one, check the first out again; return both."""
    old = furnish(scene, number)
    scene.make_package(PACKAGES[1])
    new = scene.commit(NEWER)
    for commit, content in ((old, CONTENT), (new, NEWER)):
        for name, text in zip(PACKAGES, content.values(), strict=True):
            scene.add_deployed_version(name, commit, text, prefix=f"scene-{number}")
    scene.git("checkout", "--quiet", old)
    return old, new


@contextmanager
def disturbed(scene: Scene, fault: Fault | None) -> Iterator[tuple[dict[str, str], Plan]]:
    """Yield the endpoints of a run with the fault at AWS or GitHub; the plan records if it occurred."""
    at_github = fault is not None and fault.operation.startswith("github:")
    with ExitStack() as stack:
        aws_url, aws = stack.enter_context(
            fault_proxy(scene.aws_url, aws_operation, None if at_github else fault)
        )
        github_url, github = stack.enter_context(
            fault_proxy(scene.github_url, github_operation, fault if at_github else None)
        )
        yield {"AWS_ENDPOINT_URL": aws_url, "GITHUB_API_URL": github_url}, github if at_github else aws


def operations(scene: Scene, run: Callable[[dict[str, str]], Ran]) -> list[str]:
    """Return the operations that an undisturbed run calls at AWS and then at GitHub, in order."""
    with ExitStack() as stack:
        aws_url, aws = stack.enter_context(fault_proxy(scene.aws_url, aws_operation))
        github_url, github = stack.enter_context(fault_proxy(scene.github_url, github_operation))
        ran = run({"AWS_ENDPOINT_URL": aws_url, "GITHUB_API_URL": github_url})
        assert 0 == ran.status, ran.log
        return aws.operations + github.operations


@contextmanager
def an_hour_later(scene: Scene) -> Iterator[dict[str, str]]:
    """Yield the endpoint of a run for which every earlier lease has expired."""
    with serve(Later(scene.aws, AN_HOUR)) as url:
        yield {"AWS_ENDPOINT_URL": url}


def ended(scene: Scene, number: int, commit: str, ran: Ran) -> Ended:
    def content(name: str) -> str:
        key = f"scene-{number}/{name}/{commit}.txt"
        body: bytes = scene.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return body.decode()

    return Ended(
        ran=ran,
        messages={name: scene.messages(name) for name in PACKAGES},
        contents={name: content(name) for name in PACKAGES},
        comments=scene.comments(PULL_REQUEST),
    )


def check_ended(case: object, end: Ended, outcomes: list[str], messages: dict[str, list[str]]) -> None:
    """Assert one version per package with the commit, active on all domains, and one comment about it."""
    ran, last = end.ran, {name: f"v{len(found)}" for name, found in messages.items()}
    assert (0, outcomes) == (ran.status, ran.outcomes), f"{case}: {ran.log}"
    assert messages == end.messages, f"{case}: {ran.log}"
    assert [*CONTENT.values()] == [*end.contents.values()], f"{case}: {ran.log}"
    for found in ran.dictionaries:
        assert [(domain, "ACTIVE", last[found["package"]]) for domain in DOMAINS] == [
            (each["DomainName"], each["DomainPackageStatus"], each["PackageVersion"])
            for each in found["domains"]
        ], f"{case}: {ran.log}"
    assert 1 == len(end.comments), f"{case}: {end.comments}"
    assert all(version in end.comments[0] for version in last.values()), f"{case}: {end.comments}"


def seed() -> int:
    """Return HUNT_SEED, or a random seed."""
    return int(os.environ.get("HUNT_SEED") or random.randrange(100_000))


def budget(seconds: float) -> float:
    """Return the share of a hunter that takes `seconds` by default, if HUNT_SECONDS sets the total."""
    return seconds * float(os.environ.get("HUNT_SECONDS") or ALL_SECONDS) / ALL_SECONDS


ALL_SECONDS = 300.0
"""The default total of all hunters, in seconds."""


def hunt_by_chance(
    name: str,
    cases: Sequence[Case],
    work: Callable[[SideBySide, int, Case], str],
    directory: Path,
    seconds: float,
    operation: Callable[[Case], str],
) -> None:
    """As `hunt`, within this hunter's share of the time: in random order, writes first."""
    chosen, shuffled = seed(), [*cases]
    random.Random(chosen).shuffle(shuffled)
    shuffled.sort(key=lambda case: not operation(case).startswith(WRITES))
    hunt(f"{name} (HUNT_SEED={chosen})", shuffled, work, directory, budget(seconds))


def hunt(
    name: str,
    cases: Sequence[Case],
    work: Callable[[SideBySide, int, Case], str],
    directory: Path,
    seconds: float = float("inf"),
) -> None:
    """Do the work of each case in parallel until the timeout; print a summary.

    `work` gets the scenes below `directory`, the number of the case's own scene, and the case; it returns the
    result in a word.
    """
    side_by_side = SideBySide.of(directory, len(cases), DOMAINS, QUICK)
    began, came_to = time.monotonic(), dict[str, int]()

    def do(number: int, case: Case) -> str | AssertionError:
        if time.monotonic() - began > seconds:
            return ""
        try:
            return work(side_by_side, number, case)
        except AssertionError as found:
            return found

    with ThreadPoolExecutor(AT_ONCE) as pool:
        ends = [*pool.map(do, range(len(cases)), cases)]
    for end in ends:
        if isinstance(end, str) and end:
            came_to[end] = came_to.get(end, 0) + 1
    found = [end for end in ends if isinstance(end, AssertionError)]
    tried = sum(came_to.values()) + len(found)
    took = time.monotonic() - began
    summary = f"{name}: tried {tried} of {len(cases)} in {took:.0f} s: {came_to}, {len(found)} found"
    sys.stdout.write(f"{summary}\n")
    assert not found, f"{summary}\n" + "\n\n".join(str(each) for each in found[:3])
