"""The project's own workflows: what they run is pinned, they may do little, and no value becomes code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
TEXTS = [path.read_text("utf-8") for path in WORKFLOWS]


def jobs(text: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(text)["jobs"]
    return found


def steps(text: str) -> Iterator[dict[str, Any]]:
    for job in jobs(text).values():
        yield from job.get("steps", [])


def named(*names: str) -> list[str]:
    """The texts of the workflows of these names."""
    return [(ROOT / ".github/workflows" / f"{name}.yml").read_text("utf-8") for name in names]


def test_there_are_workflows() -> None:
    assert {"ci", "locks", "release"} == {path.stem for path in WORKFLOWS}


@pytest.mark.parametrize("text", TEXTS, ids=[path.name for path in WORKFLOWS])
def test_every_action_is_named_by_its_commit_with_the_version_beside_it(text: str) -> None:
    uses = re.findall(r"^\s*(?:- )?uses: (.+)$", text, re.MULTILINE)

    assert uses
    pinned = r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+|\$/\.github/workflows/[a-z]+\.yml"
    assert [] == [each for each in uses if not re.fullmatch(pinned, each)]


def test_an_action_has_one_version_in_all_workflows() -> None:
    uses = set(re.findall(r"uses: (\S+@\S+)", "".join(TEXTS)))

    assert len(uses) == len({each.partition("@")[0] for each in uses})


@pytest.mark.parametrize("text", TEXTS, ids=[path.name for path in WORKFLOWS])
def test_a_workflow_has_no_permission_and_each_job_says_what_it_needs(text: str) -> None:
    assert {} == yaml.safe_load(text)["permissions"]
    assert [] == [name for name, job in jobs(text).items() if "permissions" not in job]


@pytest.mark.parametrize("text", TEXTS, ids=[path.name for path in WORKFLOWS])
def test_no_checkout_leaves_its_token_behind(text: str) -> None:
    checkouts = [step for step in steps(text) if step.get("uses", "").startswith("actions/checkout@")]

    assert [] == [step for step in checkouts if step.get("with", {}).get("persist-credentials") is not False]


@pytest.mark.parametrize("text", TEXTS, ids=[path.name for path in WORKFLOWS])
def test_values_reach_a_script_through_its_environment_alone(text: str) -> None:
    assert [] == [step["run"] for step in steps(text) if "${{" in step.get("run", "")]


def test_a_pull_request_can_write_nothing() -> None:
    [text] = named("ci")

    assert {"contents": "read"} == {
        scope: access for job in jobs(text).values() for scope, access in job["permissions"].items()
    }
    assert "pull_request_target" not in text


def test_a_release_begins_by_hand_on_main_and_waits_for_the_tests() -> None:
    [text] = named("release")
    release = jobs(text)

    assert {"workflow_dispatch": None} == yaml.safe_load(text)[True]  # YAML 1.1 reads the key `on` so
    first = {name: job["if"] for name, job in release.items() if "needs" not in job}
    assert {"check": "github.ref == 'refs/heads/main'", "ci": "github.ref == 'refs/heads/main'"} == first
    assert {"check", "ci"} == set(release["build"]["needs"])
    assert "image" in release["release"]["needs"]


def test_only_the_job_that_the_reviewers_approve_can_write_to_the_repository() -> None:
    [text] = named("release")

    writing = {name for name, job in jobs(text).items() if job["permissions"].get("contents") == "write"}
    assert {"release"} == writing
    assert "release" == jobs(text)["release"]["environment"]


def test_the_release_is_made_for_the_architectures_that_runners_have() -> None:
    [text] = named("release")

    assert ["amd64", "arm64"] == [
        each["architecture"] for each in jobs(text)["build"]["strategy"]["matrix"]["include"]
    ]


def test_the_tests_run_on_every_python_that_the_package_admits() -> None:
    [text] = named("ci")
    job = jobs(text)

    versions = job["tests"]["strategy"]["matrix"]["python"]
    of_everything = job["everything"]["steps"][1]["with"]["python-version"]
    assert ["3.11", "3.12", "3.13"] == [*versions, of_everything]
    assert 'requires-python = ">=3.11"' in (ROOT / "pyproject.toml").read_text("utf-8")
    assert f"python:{of_everything}-slim" in (ROOT / "Dockerfile").read_text("utf-8")
