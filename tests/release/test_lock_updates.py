"""The scripts of locks.yml, in bash on a real repository, with a fake `make` and `gh`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from tests.git.repository import ENVIRON, git

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the runner has the GNU tools")
JOBS = yaml.safe_load((ROOT / ".github/workflows/locks.yml").read_text("utf-8"))["jobs"]
RESOLVE = JOBS["resolve"]["steps"][2]["run"]
PROPOSE = "\n".join(step["run"] for step in JOBS["propose"]["steps"] if "run" in step)
FILES = ("requirements.txt", "requirements-ci.txt", "Makefile", "tools/take_locks.py")

MAKE = """\
#!/bin/sh
printf '%s\\n' "$@" > "$RUNNER_TEMP/make"
for file in $CHANGED; do echo new > "$file"; done
"""
GH = """\
#!/bin/sh
echo "$1 $2" >> "$RUNNER_TEMP/gh"
[ "$2" != list ] || echo 0
"""

Run = Callable[[str, str], int]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Clone `origin` with two locks, a Makefile and the script that downloads locks."""
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(origin))
    git(tmp_path, "clone", "--quiet", str(origin), str(clone))
    (clone / "tools").mkdir()
    for name in FILES:
        (clone / name).write_text("old\n")
    (clone / "tools/take_locks.py").write_bytes((ROOT / "tools/take_locks.py").read_bytes())
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message=All of it")
    git(clone, "push", "--quiet", "origin", "HEAD:main")
    return clone


@pytest.fixture
def artifact(tmp_path: Path) -> Path:
    """The folder of the downloaded artifact."""
    folder = tmp_path / "runner" / "locks"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def run(tmp_path: Path, checkout: Path) -> Run:
    """Run a script as the runner does; return its exit status. `changed` names files that make changes."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "runner").mkdir(exist_ok=True)
    for name, script in (("make", MAKE), ("gh", GH)):
        (tmp_path / "bin" / name).write_text(script)
        (tmp_path / "bin" / name).chmod(0o755)

    def run(script: str, changed: str = "") -> int:
        environ = {
            "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
            "CHANGED": changed,
            "GITHUB_OUTPUT": str(tmp_path / "output"),
            "RUNNER_TEMP": str(tmp_path / "runner"),
        }
        (tmp_path / "output").touch()
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(
            command, cwd=checkout, env=ENVIRON | environ, check=False, capture_output=True, timeout=60
        ).returncode

    return run


def test_locks_are_resolved_with_a_cooldown_of_seven_days(tmp_path: Path, run: Run) -> None:
    before = datetime.now(UTC)

    assert 0 == run(RESOLVE, "")
    target, upgrade = (tmp_path / "runner/make").read_text().splitlines()
    options, _, newest = upgrade.rpartition(" ")
    assert ("lock", "UPGRADE=--upgrade --exclude-newer") == (target, options)
    age = before - datetime.fromisoformat(newest)
    assert timedelta(days=7, minutes=-5) < age < timedelta(days=7, minutes=5)


def test_only_changed_locks_are_uploaded(tmp_path: Path, run: Run) -> None:
    assert 0 == run(RESOLVE, "requirements-ci.txt Makefile")
    assert ["requirements-ci.txt"] == [path.name for path in (tmp_path / "runner/locks").iterdir()]
    assert "changed=true\n" == (tmp_path / "output").read_text()


def test_unchanged_locks_start_no_pull_request(tmp_path: Path, run: Run) -> None:
    assert 0 == run(RESOLVE, "Makefile")
    assert "" == (tmp_path / "output").read_text()


def test_changed_locks_create_a_pull_request(
    tmp_path: Path, artifact: Path, checkout: Path, run: Run
) -> None:
    (artifact / "requirements-ci.txt").write_text("new\n")

    assert 0 == run(PROPOSE, "")
    assert "requirements-ci.txt" == git(checkout, "diff", "--name-only", "origin/main", "origin/locks")
    assert ["auth setup-git", "pr list", "pr create"] == (tmp_path / "runner/gh").read_text().splitlines()


def other_name(folder: Path) -> None:
    (folder / "Makefile").write_text("new\n")


def new_lock(folder: Path) -> None:
    (folder / "requirements-evil.txt").write_text("new\n")


def line_break(folder: Path) -> None:
    (folder / "requirements.txt\n").write_text("new\n")


def folder_of_files(folder: Path) -> None:
    (folder / "tools").mkdir()
    (folder / "tools/take_locks.py").write_text("new\n")


def folder_with_the_name(folder: Path) -> None:
    (folder / "requirements-ci.txt").mkdir()


def link(folder: Path) -> None:
    (folder / "requirements-ci.txt").symlink_to("/etc/passwd")


def fifo(folder: Path) -> None:
    os.mkfifo(folder / "requirements-ci.txt")


def large(folder: Path) -> None:
    (folder / "requirements-ci.txt").write_bytes(bytes(1024 * 1024 + 1))


@pytest.mark.parametrize(
    "add",
    [other_name, new_lock, line_break, folder_of_files, folder_with_the_name, link, fifo, large],
)
def test_anything_else_in_the_artifact_stops_the_pull_request(
    add: Callable[[Path], None], tmp_path: Path, artifact: Path, checkout: Path, run: Run
) -> None:
    (artifact / "requirements.txt").write_text("new\n")
    add(artifact)

    assert 1 == run(PROPOSE, "")
    assert "" == git(checkout, "status", "--porcelain")
    assert "" == git(checkout, "ls-remote", "origin", "locks")
    assert not (tmp_path / "runner/gh").exists()
