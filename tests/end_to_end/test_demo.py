"""`make demo`: the first impression of the action."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox.runner import ROOT, shown_line
from sandbox.sample.history import begin, merge_pull_request, open_pull_request

PLAN = "Plan: the comment on pull request 7 before its merge"
COMMENT = "Comment on pull request 7: the report replaces the plan"


@dataclass(frozen=True)
class Shown:
    """The demo's output by heading; `start` is the text before the first."""

    status: int
    start: str
    sections: dict[str, str]

    @property
    def merge(self) -> str:
        found = re.search(r"merged as ([0-9a-f]{40})", self.sections[PLAN])
        assert found is not None, self.sections[PLAN]
        return found[1]

    @property
    def dictionaries(self) -> list[dict[str, Any]]:
        after = self.sections["Outputs"].partition("dictionaries=")[2]
        found: list[dict[str, Any]] = json.JSONDecoder().raw_decode(after)[0]
        return found


def run_demo() -> Shown:
    """Run the demo."""
    # Settings that point elsewhere: the demo still uses its own services.
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "AWS_PROFILE": "nobody",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "http_proxy": "http://127.0.0.1:1",
        "GIT_DIR": "/nowhere",
    }
    command = [sys.executable, "-m", "sandbox.demo"]
    done = subprocess.run(
        command, env=environ, capture_output=True, encoding="utf-8", check=False, timeout=120
    )
    assert done.stderr == ""
    start, *rest = re.split(r"^── (.+?) ─+$", done.stdout, flags=re.MULTILINE)
    sections = dict(zip(rest[::2], map(str.strip, rest[1::2]), strict=True))
    return Shown(done.returncode, start, sections)


def check_headings(shown: Shown) -> None:
    assert shown.status == 0, shown
    assert list(shown.sections) == [
        PLAN,
        "Log, as GitHub's runner shows it",
        COMMENT,
        "Step summary",
        "Outputs",
        "Next",
    ]
    assert len(shown.sections["Next"].splitlines()) == 3


def check_plan(shown: Shown) -> None:
    plan = shown.sections[PLAN]

    assert "2 of 3 dictionaries would be deployed, 1 unchanged" in plan
    assert {"+ weighted blanket, gravity blanket", "- no"} <= {*plan.splitlines()}


def check_outcomes(shown: Shown) -> None:
    assert [
        (each["file"], each["outcome"], each["package_details"]["AvailablePackageVersion"])
        for each in shown.dictionaries
    ] == [
        ("search/synonyms.txt", "updated", "v3"),
        ("search/stopwords.txt", "updated", "v3"),
        ("search/user_dictionary.csv", "unchanged", "v2"),
    ]
    bucket = "s3://octo-search-dictionaries/dictionaries"
    assert [each["object"] for each in shown.dictionaries[:2]] == [
        f"{bucket}/product-synonyms/{shown.merge}.txt",
        f"{bucket}/stopwords/{shown.merge}.txt",
    ]


def check_packages(shown: Shown) -> None:
    found = [each["package_details"] for each in shown.dictionaries]

    assert [each["package"] for each in shown.dictionaries] == [
        found[0]["PackageName"],
        found[1]["PackageName"],
        found[2]["PackageID"],
    ]


def check_sizes(shown: Shown) -> None:
    synonyms, stopwords, _ = shown.dictionaries

    assert (synonyms["entries"]["total"], stopwords["entries"]["total"]) == (1028, 146)
    assert [each["problems"] for each in shown.dictionaries] == [[], [], []]


def check_comment(shown: Shown) -> None:
    comment = shown.sections[COMMENT]

    cells = {cell.strip(" `") for line in comment.splitlines() for cell in line.split("|")}
    members = [item for each in shown.dictionaries[:2] for item in each["package_details"].items()]
    assert [member for member in members if not set(member) <= cells] == []
    changes = {
        "+ weighted blanket, gravity blanket",
        "- dvd recorder, dvd writer",
        "~ handbag: +shoulder bag \N{MINUS SIGN}purse",
        "- no",
        "+ buy",
    }
    assert changes <= {*comment.splitlines()}
    assert "Unchanged: `search/user_dictionary.csv`." in comment


def check_kept_comment(shown: Shown) -> None:
    kept = Path(__file__).parents[2].joinpath("docs", "comment.md").read_text("utf-8")
    times = r"\d{4}-\d\d-\d\dT[\d:.]+Z"

    told = shown.sections[COMMENT]

    assert re.sub(times, "TIME", kept.strip()) == re.sub(times, "TIME", told.strip()), "make docs"


def check_agreement(shown: Shown) -> None:
    told = "2 of 3 dictionaries deployed, 1 unchanged"
    parts = (COMMENT, "Step summary", "Log, as GitHub's runner shows it")

    assert [told in shown.sections[part] for part in parts] == [True] * 3


def check_log(shown: Shown) -> None:
    log = shown.sections["Log, as GitHub's runner shows it"].splitlines()

    assert [line for line in log if line.startswith("::")] == []
    assert any("COPYING" in line for line in log)
    assert "▼ Result" in log


@pytest.mark.slow
def test_demo_shows_the_plan_and_the_deploy_of_a_merge() -> None:
    # A single test: each worker would run the demo for its own tests.
    shown = run_demo()

    check_headings(shown)
    check_plan(shown)
    check_outcomes(shown)
    check_packages(shown)
    check_sizes(shown)
    check_comment(shown)
    check_kept_comment(shown)
    check_agreement(shown)
    check_log(shown)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("plain: text", "plain: text"),
        ("::group::Result", "▼ Result"),
        ("::endgroup::", None),
        ("::add-mask::secret", None),
        ("::error file=a.txt,line=1::One%0Atwo%25", "Error: One\ntwo%"),
    ],
)
def test_workflow_command_is_shown_as_by_the_runner(line: str, expected: str | None) -> None:
    assert expected == shown_line(line)


def test_repository_has_the_same_commits_every_time(tmp_path: Path) -> None:
    first, second = (
        (begin(path, "F1"), open_pull_request(path), merge_pull_request(path))
        for path in (tmp_path / "first", tmp_path / "second")
    )

    assert first == second
