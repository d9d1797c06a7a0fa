"""A run that is killed at any of its calls to AWS, and the rerun that finishes what it began.

Two dictionaries go to three domains: one package is there, the other is created. A call of the first
run is held, the process is killed with SIGKILL, the call is let go (so that it takes effect after its
sender's death, or had it before), and a rerun follows, an hour later by S3's clock.
"""

from __future__ import annotations

import signal
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from sandbox.aws.switches import Switches
from sandbox.server import serve
from tests.end_to_end.scene import Later, Ran, Scene, SideBySide

SYNONYMS = {"file": "search/synonyms.txt", "package": "product-synonyms", "kind": "synonyms"}
STOPWORDS = {"file": "search/stopwords.txt", "package": "stopwords", "kind": "stopwords", "create": True}
CONTENT = {"search/synonyms.txt": "tv, television\n", "search/stopwords.txt": "the\na\n"}
PACKAGES = ("product-synonyms", "stopwords")
DOMAINS = ("search-old", "search-prod", "search-test")
QUICK = Switches(copy_seconds=0.1, associate_seconds=0.1)
AN_HOUR = 3600.0
AT_ONCE = 4

When = Literal["before", "after"]


@dataclass(frozen=True)
class Call:
    """The nth call of an operation (any, when it is empty) whose path has `path` in it."""

    operation: str
    nth: int = 1
    path: str = ""
    when: When = "after"

    def __str__(self) -> str:
        return f"{self.when} {self.nth}. {self.operation or 'call'} {self.path}".strip()


@dataclass(frozen=True)
class Ended:
    """What is the case after the kill, a rerun, and one more run."""

    again: Ran
    third: Ran
    head: str
    messages: dict[str, list[str]]
    contents: dict[str, bytes]


SAMPLE = [
    *(Call("es:CreatePackage", when=when) for when in ("before", "after")),
    *(Call("es:UpdatePackage", nth, when=when) for when in ("before", "after") for nth in (1, 2)),
    Call("s3:PutObject", path=".txt", when="before"),
    Call("es:AssociatePackage", nth=1),
    Call("es:AssociatePackage", nth=4, when="before"),
]


def kill_and_rerun(side_by_side: SideBySide, number: int, call: Call) -> Ended:
    with side_by_side.scene(number) as scene:
        head = furnish(scene, number)
        scene.aws.holds.hold(call.operation, path=call.path, nth=call.nth, when=call.when)
        killed = scene.start(scene.environment("push", scene.push_payload(), {"comment": "never"}))
        assert scene.aws.holds.held(30), f"{call} never came: {killed.communicate(timeout=30)[0]}"
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        scene.aws.holds.release()
        with serve(Later(scene.aws, AN_HOUR)) as url:
            again, third = (scene.run(inputs={"comment": "never"}, AWS_ENDPOINT_URL=url) for _ in range(2))
        messages = {name: scene.messages(name) for name in PACKAGES}
        key = f"scene-{number}/{{}}/{head}.txt".format
        contents = {
            name: scene.client("s3").get_object(Bucket="acme-dictionaries", Key=key(name))["Body"].read()
            for name in PACKAGES
        }
        return Ended(again, third, head, messages, contents)


def furnish(scene: Scene, number: int) -> str:
    """A package, and a merged change of both dictionaries; its commit."""
    scene.make_package(PACKAGES[0])
    scene.clock.skip(60)
    scene.configure(SYNONYMS, STOPWORDS, domains=[*DOMAINS], prefix=f"scene-{number}")
    return scene.commit(CONTENT)


def check(call: Call, ended: Ended) -> None:
    live = [(domain, "ACTIVE", "v2") for domain in DOMAINS]
    again = ended.again
    assert (0, ["updated", "created"]) == (again.status, again.outcomes), f"{call}: {again.log}"
    for found in again.dictionaries:
        assert live == [
            (each["DomainName"], each["DomainPackageStatus"], each["PackageVersion"])
            for each in found["domains"]
        ], f"{call}: {again.log}"
    assert {name: ["", ended.head] for name in PACKAGES} == ended.messages, f"{call}: {again.log}"
    assert [*CONTENT.values()] == [content.decode() for content in ended.contents.values()]
    assert again.dictionaries == ended.third.dictionaries, f"{call}: {ended.third.log}"


def kill_at_each(directory: Path, calls: list[Call]) -> None:
    side_by_side = SideBySide.of(directory, len(calls), DOMAINS, QUICK)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        ends = [pool.submit(kill_and_rerun, side_by_side, *each) for each in enumerate(calls)]
        for call, ended in zip(calls, ends, strict=True):
            check(call, ended.result())


def test_a_rerun_finishes_what_a_run_killed_at_a_write_began(tmp_path: Path) -> None:
    kill_at_each(tmp_path, SAMPLE)


@pytest.mark.slow
def test_a_rerun_finishes_what_a_run_killed_at_any_call_began(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = SideBySide.of(tmp_path / "undisturbed", 1, DOMAINS, QUICK)
    with first.scene(0) as scene:
        furnish(scene, 0)
        scene.aws.requests.clear()
        assert 0 == scene.run(inputs={"comment": "never"}).status
        operations = Counter(request["operation"] for request in scene.aws.requests)
    calls = [Call("", nth) for nth in range(1, operations.total() - 1)]  # the last ones give the lock back
    writes = ("s3:PutObject", "es:CreatePackage", "es:UpdatePackage", "es:AssociatePackage")
    calls += [
        Call(operation, nth, when="before")
        for operation in writes
        for nth in range(1, operations[operation] + 1)
    ]
    with capsys.disabled():
        sys.stdout.write(f"Killing at {len(calls)} calls, of {operations.total()}: {dict(operations)}\n")
    kill_at_each(tmp_path / "killed", calls)
