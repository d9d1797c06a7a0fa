"""Test the tests: each patch breaks one guarantee, and the test it names must fail.

    python -m tests.mutations [--by-machine] [NAME ...]    all patches, or these (see `make mutations`)

The header of a patch has the guarantee and the test, `Test: tests/unit/test_decide_next_step.py::test_name`.
First all these tests must pass on the working tree, including uncommitted changes; then each patch is applied
to a copy of the tree, where its test must fail. A patch that no longer applies is a failure too.

`--by-machine` runs the state machine of `tests/hunt` instead of the named test, for the patches with
`Machine: finds it`. HUNT_SEED is the seed.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.end_to_end import hunted
from tests.hunt import test_hunt

ROOT = Path(__file__).resolve().parents[2]
PATCHES = Path(__file__).parent
LONGEST = 150
"""Seconds until a test run counts as failed; a test can hang without the code it covers."""

MACHINE = "tests/hunt/test_hunt.py::test_guarantees_hold_in_random_schedules_for_longer"
MACHINE_SECONDS = 40.0
"""Seconds of the state machine for one patch."""

TESTS_FAILED = 1
"""pytest's exit status for failed tests; others mean that a test was not found or did not run."""


@dataclass(frozen=True)
class Mutation:
    """A patch, the guarantee that it breaks, and the test that must fail."""

    path: Path
    guarantee: str
    test: str
    is_for_machine: bool

    @classmethod
    def read(cls, path: Path) -> Mutation:
        text = path.read_text(encoding="utf-8")
        found = [re.search(rf"^{name}: (.+)$", text, re.MULTILINE) for name in ("Guarantee", "Test")]
        if None in found:
            raise SystemExit(f"{path} has no line that begins with `Guarantee: ` or with `Test: `.")
        return cls(path, *(each[1] for each in found if each), "\nMachine: finds it\n" in text)

    @property
    def name(self) -> str:
        return self.path.stem


def copy_tree(target: Path) -> None:
    """Copy the tracked and untracked files of the working tree, except ignored ones."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        source = ROOT / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name, follow_symlinks=False)


def run_tests(tree: Path, tests: Sequence[str], *options: str) -> tuple[int, str]:
    """Return pytest's exit status and output for these tests of the tree, not of its original."""
    environ = {
        "HUNT_SECONDS": str(MACHINE_SECONDS * hunted.ALL_SECONDS / test_hunt.LONGER),
        **os.environ,
        "PYTHONPATH": str(tree / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, *tests]
    try:
        done = subprocess.run(
            command, cwd=tree, env=environ, capture_output=True, text=True, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired as error:
        return TESTS_FAILED, f"No end after {error.timeout} s."
    return done.returncode, done.stdout + done.stderr


def hunt(mutation: Mutation) -> tuple[str, float]:
    """Return the defect of the patch or its test, empty if the test fails as it must; and the seconds."""
    began = time.monotonic()
    return _hunt(mutation), time.monotonic() - began


def _hunt(mutation: Mutation) -> str:
    with TemporaryDirectory() as directory:
        tree = Path(directory)
        copy_tree(tree)
        apply = ["git", "apply", "-C1", str(mutation.path)]
        environ = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tree.parent)}
        applied = subprocess.run(apply, cwd=tree, env=environ, capture_output=True, text=True, check=False)
        if applied.returncode:
            return f"does not apply any more; make it anew against this tree. {applied.stderr.strip()}"
        status, output = run_tests(tree, [mutation.test], "-x")
        if status == TESTS_FAILED:
            return ""
        if status == 0:
            return f"is not noticed by {mutation.test}."
        return f"cannot be tried: {mutation.test} did not run.\n{output[-2000:]}"


def main(names: Sequence[str], *, by_machine: bool) -> int:
    """Return the number of undetected patches; 1 if the tests fail without any patch."""
    began = time.monotonic()
    mutations = [Mutation.read(path) for path in sorted(PATCHES.glob("*.patch"))]
    if unknown := {*names} - {mutation.name for mutation in mutations}:
        raise SystemExit(f"There is no patch {', '.join(unknown)} in {PATCHES}.")
    mutations = [mutation for mutation in mutations if not names or mutation.name in names]
    if by_machine:
        mutations = [replace(each, test=MACHINE) for each in mutations if each.is_for_machine or names]
    tests = sorted({mutation.test for mutation in mutations})
    with TemporaryDirectory() as directory:
        copy_tree(Path(directory))
        status, output = run_tests(Path(directory), tests, "--numprocesses", "auto")
    if status:
        print(f"Without any patch the tests do not pass:\n{output[-5000:]}")
        return 1
    wrong: list[str] = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for mutation, (found, seconds) in zip(mutations, pool.map(hunt, mutations), strict=True):
            wrong += [mutation.name] * bool(found)
            is_noticed = "WRONG" if found else f"noticed in {seconds:.0f} s"
            print(f"{is_noticed}: {mutation.name}: {found or mutation.guarantee}")
    took = time.monotonic() - began
    print(f"{len(mutations) - len(wrong)} of {len(mutations)} patches are noticed, in {took:.0f} s.")
    if wrong:
        print(f"Not noticed: {', '.join(wrong)}")
    return len(wrong)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--by-machine", action="store_true")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    sys.exit(min(main(arguments.names, by_machine=arguments.by_machine), 1))
