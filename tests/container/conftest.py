from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.runner import ROOT

from .act import Act
from .runner import Engine, find_engine


@pytest.fixture(scope="session")
def engine() -> Engine:
    found = find_engine()
    if found is None and not os.environ.get("CI"):
        pytest.skip("neither docker nor podman answers")
    assert found is not None, "neither docker nor podman answers"
    return found


@pytest.fixture(scope="session")
def image(engine: Engine) -> str:
    """Build the action's image as the runner does; it is kept, like its layers, for the next time."""
    tag = "localhost/dictionary-deploy:test"
    engine("build", "--quiet", "--tag", tag, str(ROOT))
    return tag


@pytest.fixture
def engine_socket(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of an API such as Docker's, which act needs."""
    if engine.program == "docker":
        yield os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
        return
    socket = tmp_path_factory.mktemp("podman") / "socket"
    with subprocess.Popen(["podman", "system", "service", "--time=0", f"unix://{socket}"]) as service:
        try:
            while service.poll() is None and not socket.exists():
                time.sleep(0.1)  # podman does not report when it listens
            yield f"unix://{socket}"
        finally:
            service.terminate()


@pytest.fixture
def act(engine_socket: str, tmp_path: Path) -> Act:
    program = Path(sys.executable).with_name("act")
    if not program.exists() and not os.environ.get("CI"):
        pytest.skip("act is not installed: make container installs it")
    return Act(program, engine_socket, tmp_path)
