"""The workflows and scripts that docs/recipes.md shows in its text."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from dictionary_deploy.events.decide import AUTO
from tests.examples.recipe import ROOT, workflow

HOSTILE = "x`$(touch injected)`\";touch injected;'\n<!channel> &amp; #1"
SUMMARY = json.dumps([{"file": HOSTILE, "version": "v3", "outcome": "updated", "message": "Done."}])


def block(heading: str) -> Any:
    """Return the first YAML of the page's section with this heading."""
    section = (ROOT / "docs/recipes.md").read_text("utf-8").partition(f"\n## {heading}\n")[2]
    found = re.search(r"```yaml\n(.*?)```", section.partition("\n## ")[0], re.DOTALL)
    assert found is not None
    return yaml.safe_load(found[1])


@pytest.fixture
def runner(tmp_path: Path) -> Path:
    """Create a folder with a gh and a curl, each of which records its arguments and its input."""
    if shutil.which("jq") is None and not os.environ.get("CI"):
        pytest.skip("jq is not installed: GitHub's runners have it")
    (tmp_path / "bin").mkdir()
    for name in "gh", "curl":
        program = tmp_path / "bin" / name
        program.write_text(
            f"#!/bin/sh\nprintf '%s\\0' \"$@\" > {tmp_path}/{name}.arguments\n"
            f"[ {name} = gh ] && cat {tmp_path}/response || cat > {tmp_path}/{name}.input\n"
        )
        program.chmod(0o755)
    (tmp_path / "response").write_text("")
    return tmp_path


def run(folder: Path, script: str, **environ: str) -> None:
    """Run the script of a step as GitHub does."""
    environ |= {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "RUNNER_TEMP": str(folder)}
    environ |= {"GITHUB_REPOSITORY": "octo/shop", "GITHUB_SHA": "0" * 40}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    assert (0, False) == (done.returncode, (folder / "injected").exists()), done.stderr


def arguments_of(folder: Path, name: str) -> list[str]:
    return (folder / f"{name}.arguments").read_text().split("\0")[:-1]


def posted_to_slack(folder: Path, **environ: str) -> str:
    run(folder, block("Slack")["steps"][1]["run"], WEBHOOK="https://hooks.example/1", **environ)
    assert "https://hooks.example/1" == arguments_of(folder, "curl")[-1]
    return str(json.loads((folder / "curl.input").read_text())["text"])


def test_slack_message_names_result_and_files_without_mentions(runner: Path) -> None:
    title, *lines = posted_to_slack(runner, RESULT="updated", SUMMARY=SUMMARY).splitlines()

    assert "Search dictionaries: updated" == title
    assert "&lt;!channel&gt; &amp;amp; #1: updated Done." == lines[-1]


def test_slack_message_of_a_run_without_outputs_is_not_empty(runner: Path) -> None:
    """Slack refuses an empty text. The sign-in may fail, too: then no step has outputs."""
    environ = block("Slack")["steps"][1]["env"]

    assert "|| 'failed' }}" in environ["RESULT"]
    assert "|| '[]' }}" in environ["SUMMARY"]
    assert "Search dictionaries: failed" == posted_to_slack(runner, RESULT="failed", SUMMARY="[]")


def test_comment_on_a_commit_shows_hostile_names_as_code(runner: Path) -> None:
    [step] = block("A push without a pull request")["jobs"]["comment"]["steps"]

    run(runner, step["run"], SUMMARY=SUMMARY)

    assert f"repos/octo/shop/commits/{'0' * 40}/comments" in arguments_of(runner, "gh")
    text = (runner / "comment.md").read_text()
    assert "    " == text[:4]
    assert {"file": HOSTILE, "version": "v3", "outcome": "updated"} == json.loads(text)


def test_every_event_that_plans_assumes_the_plan_role_in_a_merge_queue() -> None:
    [sign_in] = block("Branch protection")
    listed, _, roles = sign_in["with"]["role-to-assume"].partition("fromJSON('")[2].partition("')")

    assert [event for event, mode in AUTO.items() if mode == "plan"] == json.loads(listed)
    assert roles.endswith("&& 'dictionaries-plan' || 'dictionaries-deploy' }}")


@pytest.mark.parametrize("number", ["9", ""])
def test_comment_on_forks_finds_the_pull_request_by_its_head(runner: Path, number: str) -> None:
    page = block("Plan on pull requests")
    checkout, find, plan = page["jobs"]["comment"]["steps"]
    (runner / "response").write_text(f"{number}\n")
    output = runner / "output"

    run(runner, find["run"], HEAD=f"mona:{HOSTILE}", GITHUB_OUTPUT=str(output))

    assert f"head=mona:{HOSTILE}" in arguments_of(runner, "gh")
    assert f"number={number}\n" == output.read_text()
    assert "plan" == plan["with"]["mode"]
    assert checkout["with"]["persist-credentials"] is False
    assert {"contents": "read", "pull-requests": "write"} == page["permissions"]
    assert [workflow("plan.yml")["name"]] == page[True]["workflow_run"]["workflows"]
