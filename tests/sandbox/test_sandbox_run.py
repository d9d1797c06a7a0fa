"""`python -m sandbox run`: its errors and merges. tests/end_to_end/test_walkthrough.py has whole runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.repository import Repository
from sandbox.runner import ROOT, TOKEN, start_services

FILE = "search/synonyms.txt"
CONFIG = f"""\
bucket: acme-dictionaries
domains: none
dictionaries:
  - {{file: {FILE}, package: synonyms, kind: synonyms}}
"""
VALIDATE = ("--input", "mode=validate")
"""The mode that needs no package."""


@dataclass(frozen=True)
class Shop:
    """A repository and the services for it."""

    repository: Repository
    environ: Mapping[str, str]

    def run(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run the command, in another folder than the repository."""
        return subprocess.run(
            [sys.executable, "-m", "sandbox", "run", *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **self.environ, **environ},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def pull_requests(self) -> list[Any]:
        """Return all pull requests, newest first."""
        url = f"{self.environ['GITHUB_API_URL']}/repos/acme/shop/pulls?state=all"
        return list(requests.get(url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30).json())


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Create branches without pull requests: `words`, `old` from before main, `same`, `conflict`."""
    repository = Repository(tmp_path_factory.mktemp("shop"))
    repository.init()
    repository.commit({"README.md": "A shop\n"}, "Begin")
    repository.git("branch", "old")
    repository.git("branch", "conflict")
    repository.commit({".github/dictionaries.yml": CONFIG, FILE: "tv, television\n"}, "Add synonyms")
    repository.git("branch", "same")
    for branch, files in {
        "words": {FILE: "tv, television\nsofa, couch\n"},
        "old": {"README.md": "An old shop\n"},
        "conflict": {FILE: "television\n"},
    }.items():
        repository.git("switch", "--quiet", *([] if branch != "words" else ["--create"]), branch)
        repository.commit(files, f"Change {branch}")
        repository.git("switch", "--quiet", "main")
    with start_services(repository.path) as variables:
        yield Shop(repository, {**variables, "GITHUB_REPOSITORY": "acme/shop"})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--pull-request missing", "has no branch missing. "),
        ("--pull-request main", "main is the default branch. Run `python -m sandbox run --push`"),
        ("--pull-request same", "there is nothing to merge. Commit a change on same."),
        ("--pull-request conflict", "Merge main into conflict and fix the conflicts."),
        ("--push --pull-request missing", "missing has no pull request. Leave out --pull-request"),
        ("--rollback missing", "has no commit missing. "),
        ("--push --input region=x", "There is no input region. There are: config, mode, environment, "),
        ("", "Set --pull-request BRANCH, --push or --rollback COMMIT."),
        ("--rollback main --push", "Set --rollback without --push and --pull-request."),
    ],
)
def test_error_names_the_fix(shop: Shop, arguments: str, message: str) -> None:
    done = shop.run(*arguments.split())

    assert (2, "") == (done.returncode, done.stdout)
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"AWS_ENDPOINT_URL": ""}, "AWS_ENDPOINT_URL or GITHUB_API_URL is not set. Run `python -m sandbox "),
        ({"GITHUB_API_URL": "http://127.0.0.1:9"}, "127.0.0.1:9/_sandbox/repository does not respond. Run "),
        ({"GITHUB_REPOSITORY": "shop"}, "Set it to `owner/name`."),
    ],
)
def test_services_that_are_missing_are_named(shop: Shop, environ: dict[str, str], message: str) -> None:
    done = shop.run("--push", **environ)

    assert (2, True) == (done.returncode, message in done.stderr), done.stderr


def test_aws_that_is_not_local_is_refused(shop: Shop) -> None:
    done = shop.run("--push", AWS_ENDPOINT_URL=shop.environ["GITHUB_API_URL"])

    assert (2, True) == (done.returncode, "is not a local service. Run " in done.stderr), done.stderr


@pytest.mark.slow
def test_empty_repository_has_nothing_to_push(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.init()
    with start_services(tmp_path) as variables:
        done = Shop(repository, variables).run("--push")

    assert (2, True) == (done.returncode, "has no commit yet. Commit the files first." in done.stderr), done


def test_plan_shows_the_merge_and_keeps_the_working_tree(shop: Shop) -> None:
    shop.repository.write({FILE: "not committed\n"})
    before = shop.repository.git("status", "--branch", "--porcelain"), shop.repository.git("for-each-ref")

    done = shop.run("--pull-request", "old", *VALIDATE)

    after = shop.repository.git("status", "--branch", "--porcelain"), shop.repository.git("for-each-ref")
    shop.repository.git("restore", FILE)
    # The branch itself has no configuration.
    assert (0, "") == (done.returncode, done.stderr)
    assert "Valid: 1 of 1." in done.stdout
    assert "The uncommitted changes of the working tree are not included." in done.stdout
    assert before == after


@pytest.mark.slow
def test_squash_is_a_merge_of_the_named_branch(shop: Shop) -> None:
    opened = [shop.run("--pull-request", "words", *VALIDATE) for _ in range(2)]
    too_early = shop.run("--push", "--pull-request", "words", *VALIDATE)
    shop.repository.git("merge", "--quiet", "--squash", "words")
    shop.repository.git("commit", "--quiet", "--message", "Squash words")

    unnamed = shop.run("--push", *VALIDATE)
    named = shop.run("--push", "--pull-request", "words", *VALIDATE)

    [number] = {int(re.findall(r"^Pull request (\d+), words into main: ", each.stdout)[0]) for each in opened}
    assert (2, True) == (too_early.returncode, f"main lacks changes of words: {FILE}." in too_early.stderr)
    assert f"Pull request {number} stays open: " in unnamed.stdout
    assert (0, 0) == (unnamed.returncode, named.returncode)
    [pull] = [each for each in shop.pull_requests() if each["number"] == number]
    assert ("closed", shop.repository.head) == (pull["state"], pull["merge_commit_sha"])


@pytest.mark.slow
def test_squash_that_names_its_number_keeps_the_branch(shop: Shop) -> None:
    shop.repository.git("switch", "--quiet", "--create", "more")
    shop.repository.commit({FILE: "tv, television, telly\n"}, "Add more")
    opened = shop.run("--pull-request", "more", *VALIDATE)
    [number] = re.findall(r"^Pull request (\d+), more into main: ", opened.stdout)
    shop.repository.git("switch", "--quiet", "main")
    shop.repository.git("merge", "--quiet", "--squash", "more")
    shop.repository.git("commit", "--quiet", "--message", f"Add more (#{number})")

    done = shop.run("--push", "--pull-request", "more", *VALIDATE)

    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.slow
def test_reader_that_ends_early_causes_no_traceback(shop: Shop) -> None:
    command = [sys.executable, "-m", "sandbox", "run", "--push", *VALIDATE]
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **shop.environ}
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert "" == process.stderr.read()
    assert 2 == process.returncode
