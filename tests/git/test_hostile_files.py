"""Hostile input: files that change while they are read, configurations that exhaust resources."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from dictionary_deploy.errors import ContentError
from dictionary_deploy.git.worktree import open_dictionary

SOURCE = Path(__file__).parents[2] / "src"

MEASURE = r"""
import json, multiprocessing, pathlib, re, sys, time, yaml
sys.path.insert(0, sys.argv[1])
from dictionary_deploy.config import parse_all
from dictionary_deploy.errors import ConfigError

def measure(data):
    began, faults = time.process_time(), 0
    try:
        parse_all(data.encode(), "dictionaries.yml")
    except ConfigError as error:
        faults = len(error.faults)
    seconds = time.process_time() - began
    # Not getrusage, which starts with the size of the parent process.
    status = pathlib.Path("/proc/self/status").read_text()
    return faults, int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024, seconds

plain = "".join(f"k{number}: text\n" for number in range(20_000))
began = time.process_time()
yaml.load(plain, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
plain_seconds = time.process_time() - began
with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
    measured = pool.map(measure, json.load(sys.stdin), chunksize=1)
print(json.dumps([[faults, memory, seconds / plain_seconds] for faults, memory, seconds in measured]))
"""

MAX_RATIO = 10
"""Processor time that a hostile file may take, relative to PyYAML loading a plain file of 256 KiB."""

KIB_256 = 256 * 1024
BILLION_LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in pairwise("abcdefghi")
)


HOSTILE = [
    "[" * 200_000,
    "{" * 200_000,
    "- " * 100_000,
    "? " * 100_000,
    "a: " * 60_000,
    "[[],{}" * 40_000,
    BILLION_LAUGHS,
    "".join(f"k{number}: &a{number} x\n" for number in range(15_000)),
    "a: 1\n" * 50_000,
    "".join(f"k{number}: 1\n" for number in range(24_000)),
    "dictionaries:\n" + "- {}\n" * 50_000,
    "environments:\n" + "".join(f"  e{number}: {{}}\n" for number in range(16_000)),
    "x: " + "9" * (KIB_256 - 3),
    "x: 1" + ":30" * 80_000,
    'x: "' + "\\x41" * 60_000 + '"',
    "x" * KIB_256,
    "x" * KIB_256 * 8,
    "#" * (KIB_256 - 1) + "\n",
    "!!python/object/apply:os.system ['touch x']",
]


@pytest.mark.slow
def test_hostile_configuration_is_rejected_quickly_within_200_mb(tmp_path: Path) -> None:
    """The limit is relative to a plain file of the same size, since machines differ in speed.

    Each configuration has a process of its own, forked from one that has imported the program.
    """
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(SOURCE)],
        input=json.dumps(HOSTILE).encode(),
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        check=True,
    )

    for data, (faults, memory, ratio) in zip(HOSTILE, json.loads(done.stdout), strict=True):
        assert faults > 0, data[:40]
        assert memory < 200e6, data[:40]
        assert ratio < MAX_RATIO, data[:40]
    assert [] == [*tmp_path.iterdir()]


def test_folder_replaced_by_a_link_is_not_followed_outside(tmp_path: Path) -> None:
    workspace, outside = tmp_path / "workspace", tmp_path / "outside"
    for folder, text in ((workspace / "real", "ours\n"), (outside, "secret\n")):
        folder.mkdir(parents=True)
        (folder / "words.txt").write_text(text)
    over = threading.Event()

    def swap() -> None:
        """Let `search` alternate between a folder and a link to a path outside the workspace."""
        while not over.is_set():
            with contextlib.suppress(OSError):
                (workspace / "real").rename(workspace / "search")
                (workspace / "search").rename(workspace / "real")
                (workspace / "search").symlink_to(outside)
                (workspace / "search").unlink()

    swapping = threading.Thread(target=swap)
    swapping.start()
    read, refused = [], 0
    try:
        for _ in range(3000):
            try:
                with open_dictionary(workspace, "search/words.txt") as file:
                    read.append(file.read())
            except ContentError:
                refused += 1
    finally:
        over.set()
        swapping.join()

    assert {b"ours\n"} >= {*read}
    assert len(read) + refused == 3000


@pytest.mark.parametrize("name", [".git", ".GIT", ".Git"])
def test_git_folder_is_refused_in_any_case(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "config").write_text("token")
    (tmp_path / "words.txt").symlink_to(f"{name}/config")

    for file in (f"{name}/config", "words.txt"):
        with pytest.raises(ContentError):
            open_dictionary(tmp_path, file)
