"""The documents name only files, links and make targets that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    *("CHANGELOG.md", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "README.md", "SECURITY.md", "tests/README.md"),
    *sorted(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")),
]
OF_USERS = (".github/dictionaries.yml", ".github/workflows/dictionaries.yml")
"""Files in a user's repository."""


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub generates for a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", PAGES)
def test_every_link_within_the_project_has_a_target(name: str) -> None:
    page = ROOT / name
    links = re.findall(r"\]\(([^)\s:]+)\)", page.read_text("utf-8"))

    for link in links:
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{name}: {link}"
        assert not anchor or anchor in anchors(target), f"{name}: {link}"


@pytest.mark.parametrize("name", PAGES)
def test_every_project_file_that_a_page_names_exists(name: str) -> None:
    named = re.findall(r"`((?:tests|src|docs|examples|\.github)/[\w./-]+)`", (ROOT / name).read_text("utf-8"))

    assert [] == [path for path in named if not (ROOT / path).exists() and path not in OF_USERS]


@pytest.mark.parametrize("name", PAGES)
def test_every_make_target_that_a_page_names_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))

    assert set() == set(re.findall(r"`make ([a-z-]+)", (ROOT / name).read_text("utf-8"))) - targets


def test_help_shows_at_most_ten_targets_and_maintaining_the_others() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)) - {"help"}
    in_help = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    rare = set(re.findall(r"`make ([a-z-]+)", (ROOT / "docs/maintaining.md").read_text("utf-8")))

    assert len(in_help) <= 10
    assert set() == targets - in_help - rare


def test_every_guarantee_names_a_test() -> None:
    text = (ROOT / "SECURITY.md").read_text("utf-8")
    table = text.partition("## Guarantees")[2].partition("##")[0]
    rows = [row.split(" | ") for row in table.splitlines() if row.startswith("| ")][1:]

    assert rows
    assert [] == [row for row in rows if "`tests/" not in row[-1]]


def test_changelog_has_the_headings_of_keep_a_changelog() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    versions, groups = (re.findall(rf"^{level} (.+)$", text, re.MULTILINE) for level in ("##", "###"))

    assert "[Unreleased]" == versions[0]
    assert [] == [
        each for each in versions[1:] if not re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", each)
    ]
    assert set(groups) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
