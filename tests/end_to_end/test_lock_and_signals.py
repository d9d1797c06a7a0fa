"""Concurrent, stopped and killed runs, end to end."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from subprocess import Popen
from threading import Event, Timer
from typing import TYPE_CHECKING

import pytest

from dictionary_deploy.clock import MAX_STOP_SECONDS
from sandbox.github.app import create_app
from sandbox.server import serve
from tests.end_to_end.scene import BUCKET, REPOSITORY, Later, Ran, Scene

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SYNONYMS = {"file": "search/synonyms.txt", "package": "product-synonyms", "kind": "synonyms"}
LOCK = "dictionaries/.lock"
LONG = 600.0
"""Seconds of a copy; the scene's clock skips them."""
COPYING = "the package is COPYING"
WAITING = "Waiting for the lock"
STUCK = 100.0
"""Seconds after which a hanging run is killed, so that its test fails."""


@pytest.fixture
def copying(scene: Scene) -> Scene:
    """Create a package by hand and an undeployed commit; the next copy takes very long."""
    scene.make_package("product-synonyms")
    scene.clock.skip(LONG)
    scene.aws.switches = scene.aws.switches.override({"copy_seconds": LONG})
    scene.configure(SYNONYMS)
    scene.commit({"search/synonyms.txt": "tv, television\n"})
    return scene


@dataclass
class Running:
    """An active run and its log so far."""

    scene: Scene
    process: Popen[str]
    environment: dict[str, str]
    log: list[str] = field(default_factory=list)

    def until(self, words: str) -> None:
        """Wait until the run logs `words`; fail if it ends without."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.log.append(line)
            if words in line:
                return
        pytest.fail(f"The run never said {words!r}: {''.join(self.log)}")

    def stop(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> Ran:
        """Wait for the end of the run and return its results."""
        assert self.process.stdout
        rest = self.process.stdout.read()
        ran = self.scene.finish(self.process, self.environment)
        return replace(ran, log="".join(self.log) + rest)


@contextmanager
def running(scene: Scene, inputs: dict[str, str] | None = None, **environ: str) -> Iterator[Running]:
    """Start a run for a push to main; kill it at the end."""
    environment = scene.environment("push", scene.push_payload(), inputs or {}, **environ)
    process = scene.start(environment)
    watch = Timer(STUCK, process.kill)
    watch.start()
    try:
        yield Running(scene, process, environment)
    finally:
        watch.cancel()
        process.kill()
        process.communicate()


@dataclass(frozen=True)
class Hanging:
    """A proxy for the local AWS that holds all requests from the first one for the path until released."""

    aws: WSGIApplication
    path: str
    came: Event = field(default_factory=Event)
    released: Event = field(default_factory=Event)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].endswith(self.path) or self.came.is_set():
            self.came.set()
            self.released.wait(STUCK)
        return self.aws(environ, start_response)


def test_concurrent_runs_of_two_commits_take_turns(copying: Scene) -> None:
    older = copying.git("rev-parse", "HEAD")
    checkout = copying.scratch / "checkout-of-the-first"
    copying.git("clone", "--quiet", str(copying.repository), str(checkout))
    with running(copying, GITHUB_WORKSPACE=str(checkout)) as first:
        first.until(COPYING)
        newer = copying.commit({"search/synonyms.txt": "tv, telly\n"})
        with running(copying) as second:
            second.until(WAITING)
            copying.aws.switches = copying.aws.switches.override({"copy_seconds": 0.1})
            copying.clock.skip(LONG)
            ended = [first.end(), second.end()]

    run_url = f"https://github.com/{REPOSITORY}/actions/runs/1"
    assert f"{WAITING} s3://{BUCKET}/{LOCK}: held by {run_url}" in ended[1].log
    assert [(0, ["updated"])] * 2 == [(ran.status, ran.outcomes) for ran in ended], (
        ended[0].log + ended[1].log
    )
    assert ["", older, newer] == copying.messages("product-synonyms")
    turn = ["lock", "lock", "update", "lock"]  # taken, renewed right before the update, given back
    assert [*turn, *turn] == lock_and_updates(copying)


def lock_and_updates(scene: Scene) -> list[str]:
    """Return the changes of the lock (acquired, released) and of the package, in order."""
    asked = [request for request in scene.aws.requests if request.get("status") == 200]
    names = {"es:UpdatePackage": "update", "s3:PutObject": "lock"}
    return [
        names[request["operation"]]
        for request in asked
        if request["operation"] == "es:UpdatePackage"
        or (request["operation"] == "s3:PutObject" and request["path"].partition("?")[0].endswith(LOCK))
    ]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_during_start_up_is_reported_and_nothing_is_written(
    copying: Scene, tmp_path: Path, number: signal.Signals
) -> None:
    """The run sends itself the signal when it imports the first slow module."""
    slow = tmp_path / "slow" / "dataclasses.py"
    slow.parent.mkdir()
    slow.write_text(
        "import importlib, os, sys\n"
        f"os.kill(os.getpid(), {number})\n"
        f"sys.path.remove({str(slow.parent)!r})\n"
        "del sys.modules['dataclasses']\n"
        "importlib.import_module('dataclasses')\n"
    )

    stopped = copying.run(PYTHONPATH=str(slow.parent))

    assert (1, "interrupted") == (stopped.status, stopped.outputs["failure-reason"]), stopped.log
    assert f"Stopped by {number.name}" in stopped.summary
    assert "Traceback" not in stopped.log
    assert [] == lock_and_updates(copying)
    assert [""] == copying.messages("product-synonyms")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_during_the_copy_ends_the_run_and_a_rerun_finishes(
    copying: Scene, number: signal.Signals
) -> None:
    with running(copying, {"timeout-minutes": "0.5"}) as first:
        first.until(COPYING)
        first.stop(number)
        stopped = first.end()
    copying.clock.skip(LONG)

    ran = copying.run()

    assert (1, "interrupted") == (stopped.status, stopped.outputs["failure-reason"]), stopped.log
    assert f"Stopped by {number.name} while the package was COPYING" in stopped.dictionaries[0]["message"]
    assert "Traceback" not in stopped.log
    assert "Stopped by" in stopped.summary
    assert WAITING not in ran.log
    assert (0, ["updated"]) == (ran.status, ran.outcomes), ran.log
    assert ["", copying.git("rev-parse", "HEAD")] == copying.messages("product-synonyms")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_during_the_wait_for_the_lock_ends_the_run(copying: Scene, number: signal.Signals) -> None:
    """The lock of the other run stays as it is."""
    copying.client("s3").put_object(Bucket=BUCKET, Key=LOCK, Body=b"another run's")
    with running(copying) as waiting:
        waiting.until(WAITING)
        waiting.stop(number)
        stopped = waiting.end()

    assert (1, "interrupted") == (stopped.status, stopped.outputs["failure-reason"]), stopped.log
    assert f"Stopped by {number.name}" in stopped.log
    assert "Traceback" not in stopped.log
    assert b"another run's" == copying.client("s3").get_object(Bucket=BUCKET, Key=LOCK)["Body"].read()
    assert [""] == copying.messages("product-synonyms")


@pytest.mark.slow
def test_rerun_after_a_kill_takes_the_lock_and_adds_no_version(
    copying: Scene,
) -> None:
    with running(copying) as first:
        first.until(COPYING)
        first.stop(signal.SIGKILL)
        first.process.wait()
    later = Later(copying.aws)
    with serve(later) as url, running(copying, AWS_ENDPOINT_URL=url) as second:
        second.until(WAITING)
        later.seconds = 61
        second.until(COPYING)
        copying.clock.skip(LONG)
        ran = second.end()

    assert (0, ["updated"]) == (ran.status, ran.outcomes), ran.log
    assert ["", copying.git("rev-parse", "HEAD")] == copying.messages("product-synonyms")
    assert 1 == copying.operations().count("es:UpdatePackage")


def stopped_without_an_answer(scene: Scene, path: str) -> Ran:
    """Run until AWS stops responding from the first request for the path on; send SIGINT."""
    hanging = Hanging(scene.aws, path)
    with serve(hanging) as url, running(scene, AWS_ENDPOINT_URL=url) as run:
        assert hanging.came.wait(STUCK)
        run.stop(signal.SIGINT)
        began = time.monotonic()
        try:
            run.process.wait(STUCK / 2)  # AWS would answer later
        finally:
            hanging.released.set()
        assert time.monotonic() - began < MAX_STOP_SECONDS
        return run.end()


@pytest.mark.parametrize("path", [LOCK, pytest.param("/packages/update", marks=pytest.mark.slow)])
def test_signal_while_aws_is_silent_ends_the_run_before_the_kill(copying: Scene, path: str) -> None:
    """GitHub's runner kills a run ten seconds after the first signal."""
    stopped = stopped_without_an_answer(copying, path)

    assert (1, "interrupted") == (stopped.status, stopped.outputs["failure-reason"]), stopped.log
    assert "Stopped by SIGINT" in stopped.summary


@pytest.mark.slow
def test_run_stopped_during_an_association_keeps_the_lock(
    copying: Scene,
) -> None:
    """The next run waits for the lease to expire and finishes the work."""
    copying.aws.switches = copying.aws.switches.override({"copy_seconds": 0.1})
    copying.client("es").create_elasticsearch_domain(DomainName="search-prod")
    copying.configure(SYNONYMS, domains=["search-prod"])
    head = copying.commit({})
    stopped = stopped_without_an_answer(copying, "/search-prod")
    lock = json.loads(copying.client("s3").get_object(Bucket=BUCKET, Key=LOCK)["Body"].read())
    with serve(Later(copying.aws, 61)) as url:
        ran = copying.run(AWS_ENDPOINT_URL=url)

    assert (1, "interrupted") == (stopped.status, stopped.outputs["failure-reason"]), stopped.log
    assert "SIGINT while associating v2 with domain search-prod." in stopped.dictionaries[0]["message"]
    assert lock["token"]
    assert (0, ["updated"]) == (ran.status, ran.outcomes), ran.log
    assert "v2 is active on search-prod." in ran.log
    assert ["", head] == copying.messages("product-synonyms")


@dataclass(frozen=True)
class HangingComments:
    """In front of the local GitHub; keeps requests for comments waiting until released."""

    github: WSGIApplication
    came: Event = field(default_factory=Event)
    released: Event = field(default_factory=Event)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].endswith("/comments"):
            self.came.set()
            self.released.wait(STUCK)
        return self.github(environ, start_response)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_while_github_hangs_ends_the_run_with_outputs(copying: Scene, number: signal.Signals) -> None:
    copying.aws.switches = copying.aws.switches.override({"copy_seconds": 0.1})
    copying.merge({"search/synonyms.txt": "tv, telly\n"}, 7)
    hanging = HangingComments(create_app(copying.repository))
    with serve(hanging) as url, running(copying, GITHUB_API_URL=url) as run:
        assert hanging.came.wait(STUCK)
        run.stop(number)
        began = time.monotonic()
        run.process.wait(STUCK / 2)
        seconds = time.monotonic() - began
        hanging.released.set()
        stopped = run.end()

    assert seconds < MAX_STOP_SECONDS
    assert (0, ["updated"]) == (stopped.status, stopped.outcomes), stopped.log
    assert "" == stopped.outputs["comment-url"]
    assert "The run was stopped: no comment was posted." in stopped.log


@pytest.mark.slow
@pytest.mark.parametrize("path", [LOCK, "/packages/describe", "/packages/update"])
def test_run_ends_a_minute_after_its_timeout_while_aws_hangs(copying: Scene, path: str) -> None:
    hanging = Hanging(copying.aws, path)
    began = time.monotonic()
    with serve(hanging) as url, running(copying, {"timeout-minutes": "0.05"}, AWS_ENDPOINT_URL=url) as run:
        run.process.wait(0.05 * 60 + 60)
        seconds = time.monotonic() - began
        hanging.released.set()
        ended = run.end()

    assert seconds < 0.05 * 60 + 60
    assert (1, "timed-out") == (ended.status, ended.outputs["failure-reason"]), ended.log
