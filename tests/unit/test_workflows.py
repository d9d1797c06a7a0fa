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


def test_workflows_exist() -> None:
    assert {"ci", "locks", "nightly", "release"} == {path.stem for path in WORKFLOWS}


@pytest.mark.parametrize("text", TEXTS, ids=[path.name for path in WORKFLOWS])
def test_every_action_is_named_by_its_commit_with_the_version_beside_it(text: str) -> None:
    uses = re.findall(r"^\s*(?:- )?uses: (.+)$", text, re.MULTILINE)

    assert uses
    pinned = r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+|\$/\.github/workflows/[a-z]+\.yml"
    assert [] == [each for each in uses if not re.fullmatch(pinned, each)]


def test_action_has_one_version_in_all_workflows() -> None:
    uses = set(re.findall(r"uses: (\S+@\S+)", "".join(TEXTS)))

    assert len(uses) == len({each.partition("@")[0] for each in uses})


@pytest.mark.parametrize("text", TEXTS, ids=[path.name for path in WORKFLOWS])
def test_workflow_has_no_permissions_and_each_job_declares_its_own(text: str) -> None:
    assert {} == yaml.safe_load(text)["permissions"]
    assert [] == [name for name, job in jobs(text).items() if "permissions" not in job]


@pytest.mark.parametrize("text", TEXTS, ids=[path.name for path in WORKFLOWS])
def test_no_checkout_leaves_its_token_behind(text: str) -> None:
    checkouts = [step for step in steps(text) if step.get("uses", "").startswith("actions/checkout@")]

    assert [] == [step for step in checkouts if step.get("with", {}).get("persist-credentials") is not False]


@pytest.mark.parametrize("text", TEXTS, ids=[path.name for path in WORKFLOWS])
def test_scripts_get_values_only_through_their_environment(text: str) -> None:
    assert [] == [step["run"] for step in steps(text) if "${{" in step.get("run", "")]


def test_pull_request_can_write_nothing() -> None:
    for text in named("ci", "nightly"):
        assert {"contents": "read"} == {
            scope: access for job in jobs(text).values() for scope, access in job["permissions"].items()
        }
        assert "pull_request_target" not in text


def test_release_is_started_on_main_and_waits_for_the_tests() -> None:
    [text] = named("release")
    release = jobs(text)

    assert {"workflow_dispatch": None} == yaml.safe_load(text)[True]  # YAML 1.1 reads the key `on` so
    first = {name: job["if"] for name, job in release.items() if "needs" not in job}
    assert dict.fromkeys(("check", "ci", "nightly"), "github.ref == 'refs/heads/main'") == first
    assert {"check", "ci", "nightly"} == set(release["build"]["needs"])
    assert "image" in release["release"]["needs"]


def test_no_token_of_the_release_workflow_can_write_to_the_repository() -> None:
    [text] = named("release")

    assert {"read", None} == {job["permissions"].get("contents") for job in jobs(text).values()}


@pytest.mark.parametrize(
    "use", ["actions/attest@", "actions/create-github-app-token@", "secrets.", "release publish"]
)
def test_only_the_job_that_reviewers_approve_attests_and_tags(use: str) -> None:
    [text] = named("release")

    approved = {name for name, job in jobs(text).items() if job.get("environment") == "release"}
    assert {"release"} == approved == {name for name, job in jobs(text).items() if use in str(job)}


def test_token_of_the_release_app_can_only_write_contents() -> None:
    [text] = named("release")

    [app] = [
        step for step in steps(text) if step.get("uses", "").startswith("actions/create-github-app-token@")
    ]
    assert {
        "client-id": "${{ vars.RELEASE_APP_CLIENT_ID }}",
        "private-key": "${{ secrets.RELEASE_APP_PRIVATE_KEY }}",
        "permission-contents": "write",
    } == app["with"]
    assert "${{ steps.app.outputs.token }}" == jobs(text)["release"]["steps"][-1]["env"]["GH_TOKEN"]


def test_attestations_are_verified_with_workflow_and_branch() -> None:
    security = (ROOT / "SECURITY.md").read_text("utf-8")

    command = re.sub(r"\\\n\s*", "", security.partition("$ gh attestation verify ")[2].partition("```")[0])
    repository = "dictionary-deploy/deploy-search-dictionaries"
    assert [
        f"oci://ghcr.io/{repository}:1.0.0",
        f"--repo {repository}",
        f"--signer-workflow {repository}/.github/workflows/release.yml",
        "--source-ref refs/heads/main",
    ] == re.split(r" (?=--)", command.strip())


def test_new_releases_of_libraries_run_only_without_write_permission() -> None:
    [text] = named("locks")
    resolve, propose = jobs(text)["resolve"], jobs(text)["propose"]

    assert {"contents": "read"} == resolve["permissions"]
    assert "github.token" not in str(resolve)
    assert "secrets." not in text
    assert "resolve" == propose["needs"]
    lines = [line.split() for step in propose["steps"] for line in step.get("run", "").splitlines()]
    assert {"python3", "git", "gh", "if", "--body", "fi"} == {words[0] for words in lines}
    assert [["tools/take_locks.py", '"$RUNNER_TEMP/locks"']] == [
        words[1:] for words in lines if "python3" in words
    ]


def test_write_job_of_the_locks_starts_from_main() -> None:
    [text] = named("locks")

    checkouts = [step["with"] for step in steps(text) if step.get("uses", "").startswith("actions/checkout@")]
    assert [{"ref": "main", "persist-credentials": False}] * 2 == checkouts


def test_release_has_the_architectures_of_runners() -> None:
    [text] = named("release")

    assert ["amd64", "arm64"] == [
        each["architecture"] for each in jobs(text)["build"]["strategy"]["matrix"]["include"]
    ]


def test_tests_run_on_every_supported_python() -> None:
    [text] = named("ci")
    job = jobs(text)

    assert ["3.11", "3.12", "3.13"] == job["tests"]["strategy"]["matrix"]["python"]
    of_image = job["container"]["steps"][1]["with"]["python-version"]
    assert 'requires-python = ">=3.11"' in (ROOT / "pyproject.toml").read_text("utf-8")
    assert f"python:{of_image}-slim" in (ROOT / "Dockerfile").read_text("utf-8")
