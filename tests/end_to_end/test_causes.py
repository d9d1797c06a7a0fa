"""Missing features of the runner, the network or the checkout: each run names the cause and the setting."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from dictionary_deploy.clock import MAX_QUIET_STOP_SECONDS, MAX_STOP_SECONDS
from tests.end_to_end.scene import ROOT, Scene
from tests.end_to_end.terminal import environment

SYNONYMS = {"file": "search/synonyms.txt", "package": "product-synonyms", "kind": "synonyms"}
PULL_REQUEST = {"action": "opened"}


@pytest.fixture
def shop(scene: Scene) -> Scene:
    """A package made by hand, and a commit that was never deployed to it."""
    scene.make_package("product-synonyms")
    scene.clock.skip(60)
    scene.configure(SYNONYMS)
    scene.commit({"search/synonyms.txt": "tv, television\n"})
    return scene


NO_EVENT_FILE = {"GITHUB_ACTIONS": "", "GITHUB_EVENT_PATH": "/github/workflow/event.json"}


@pytest.mark.parametrize("event", ["push", "workflow_dispatch"])
def test_runner_on_kubernetes_deploys_without_event_file(shop: Scene, event: str) -> None:
    shop.configure(SYNONYMS, branch="main")
    shop.commit({})

    ran = shop.run(event, **NO_EVENT_FILE)

    assert (0, ["updated"]) == (ran.status, ran.outcomes), ran.log
    assert ran.summary


@pytest.mark.parametrize("inputs", [{}, {"mode": "plan", "branch": "main"}])
def test_event_file_that_is_not_mounted_is_named(shop: Scene, inputs: dict[str, str]) -> None:
    ran = shop.run("pull_request", PULL_REQUEST, inputs, **NO_EVENT_FILE)

    assert 1 == ran.status
    assert "there is no file /github/workflow/event.json" in ran.log
    assert "Mount the file of GITHUB_EVENT_PATH in the container." in ran.log


def test_event_that_needs_a_mode_says_so_without_event_file(shop: Scene) -> None:
    ran = shop.run("release", {}, **NO_EVENT_FILE)

    assert (1, True) == (ran.status, "Set `mode`" in ran.log), ran.log


def test_checkout_below_the_workspace_error_names_path(shop: Scene, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    shutil.copytree(shop.repository, workspace / "shop")

    ran = shop.run(GITHUB_WORKSPACE=str(workspace))

    assert (1, "not-checked-out") == (ran.status, ran.outputs["failure-reason"]), ran.log
    assert "checked out in the folder shop" in ran.log
    assert "Remove `path:` from actions/checkout." in ran.log


@pytest.mark.parametrize("variable", ["GITHUB_API_URL", "GITHUB_GRAPHQL_URL", "AWS_ENDPOINT_URL"])
def test_invalid_address_names_its_variable(shop: Scene, variable: str) -> None:
    ran = shop.run(**{variable: "http://[::1"})

    assert 1 == ran.status
    assert ran.outputs["failure-reason"] != "internal", ran.log
    assert f"Fix {variable}." in ran.log


def test_github_behind_an_unknown_proxy_fails_at_once_without_a_write(shop: Scene) -> None:
    ran = shop.run(
        GITHUB_API_URL="http://github.example.com", HTTP_PROXY="http://127.0.0.1:1", NO_PROXY="127.0.0.1"
    )

    assert (1, "github-failed") == (ran.status, ran.outputs["failure-reason"]), ran.log
    assert "the proxy 127.0.0.1:1 (HTTP_PROXY) cannot be reached" in ran.log
    assert [""] == shop.messages("product-synonyms")


@pytest.mark.slow
def test_signal_ends_a_run_with_outputs_while_git_hangs(shop: Scene, tmp_path: Path) -> None:
    """Outside of GitHub's runner, git is queried in the main thread."""
    called = tmp_path / "called"
    os.mkfifo(called)
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text(f"#!/bin/sh\necho > {called}\nexec sleep 20\n")
    git.chmod(0o755)
    environ = environment(shop)
    environ["PATH"] = f"{git.parent}:{environ['PATH']}"

    process = start(shop, environ, "plan", "--json")
    called.read_text()
    out, seconds = stop(process)

    assert seconds < MAX_STOP_SECONDS
    assert (1, "failed") == (process.returncode, json.loads(out)["result"])


@pytest.mark.slow
def test_signal_ends_a_run_with_outputs_while_the_log_hangs(shop: Scene) -> None:
    """The log is a pipe that is not read, and longer than a pipe holds."""
    names = [f"search/{number}.txt" for number in range(200)]
    shop.write(dict.fromkeys(names, "a =>\n"))
    shop.configure(*({**SYNONYMS, "file": name, "package": f"synonyms-{name[7:-4]}"} for name in names))
    environ = shop.environment("push", shop.push_payload(), {"mode": "validate"})
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "entrypoint.py")], env=environ, cwd=shop.repository, stdout=writing
    )
    os.close(writing)
    with os.fdopen(reading, "rb") as log:
        log.readline()
        _, seconds = stop(process)

    assert MAX_QUIET_STOP_SECONDS < seconds < MAX_STOP_SECONDS
    assert 1 == process.returncode
    assert "result<<" in Path(environ["GITHUB_OUTPUT"]).read_text()


def start(scene: Scene, environ: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    program = [sys.executable, str(ROOT / "entrypoint.py"), *arguments]
    return subprocess.Popen(
        program,
        env=environ,
        cwd=scene.repository,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def stop(process: subprocess.Popen[Any]) -> tuple[str, float]:
    """Send SIGINT; return the rest of the output, and the seconds until the end."""
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    out, _ = process.communicate(timeout=60)
    return out or "", time.monotonic() - began
