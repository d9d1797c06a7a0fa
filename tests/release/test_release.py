"""The steps of a release, on real repositories: refusals and results."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from release.__main__ import main
from release.action_file import pin_image
from release.changelog import notes
from release.version import ReleaseError, major_tag, parse, refuse_old, refuse_stale_references
from tests.git.repository import git

ROOT = Path(__file__).parents[2]
ACTION = (ROOT / "action.yml").read_text("utf-8")
IMAGE = f"ghcr.io/octo/search-words@sha256:{'0a' * 32}"
OTHER_IMAGE = f"ghcr.io/octo/search-words@sha256:{'0b' * 32}"
CHANGELOG = """\
# Changelog

## [Unreleased]

## [1.2.0] - 2026-11-25

### Added

- Something new.

## [1.1.0] - 2026-10-01

- Older.
"""
FILES = {
    "action.yml": "name: Words\nruns:\n  using: docker\n  image: Dockerfile\n",
    "CHANGELOG.md": CHANGELOG,
    "README.md": "uses: octo/deploy-search-dictionaries@v1\n",
    "docs/recipes.md": "",
    "examples/deploy.yml": "uses: octo/deploy-search-dictionaries@v1\n",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Create a shallow clone of `origin`, as actions/checkout does, at a commit that becomes 1.2.0."""
    origin, clone, shallow = tmp_path / "origin", tmp_path / "clone", tmp_path / "shallow"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(origin))
    git(tmp_path, "clone", "--quiet", str(origin), str(clone))
    for name, text in FILES.items():
        (clone / name).parent.mkdir(exist_ok=True)
        (clone / name).write_text(text)
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message=All of it")
    git(clone, "commit", "--quiet", "--allow-empty", "--message=And more")
    git(clone, "push", "--quiet", "origin", "HEAD:main")
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{origin}", str(shallow))
    return shallow


def tags(checkout: Path) -> dict[str, str]:
    """Return the tags of origin and their commits."""
    lines = git(checkout, "ls-remote", "--tags", "origin").splitlines()
    return {line.split("\t")[1].removeprefix("refs/tags/"): line.split("\t")[0] for line in lines}


# ---------------------------------------------------------------- versions


@pytest.mark.parametrize(
    "version", ["", "1.2", "1.2.3.4", "v1.2.3", "1.2.3-rc.1", "01.2.3", "1.2.3\n", "1.٢.3"]
)
def test_version_without_three_numbers_is_refused(version: str) -> None:
    with pytest.raises(ReleaseError, match="is no version such as"):
        parse(version)


def test_moving_tag_has_only_the_major_number() -> None:
    assert "v12" == major_tag("12.3.4")


@pytest.mark.parametrize("version", ["1.9.0", "1.10.0", "0.99.0"])
def test_version_older_than_the_newest_is_refused(
    version: str,
) -> None:
    """Otherwise the major tag would move back."""
    with pytest.raises(ReleaseError, match=r"does not come after 1\.10\.0"):
        refuse_old(version, ["v1.9.0", "v1.10.0", "v1", "nightly", "v9.9.9-rc.1"])


def test_first_and_newest_versions_are_accepted() -> None:
    refuse_old("0.1.0", ["v1", "nightly"])
    refuse_old("1.10.1", ["v1.9.0", "v1.10.0"])


def test_document_with_another_major_tag_is_reported() -> None:
    text = "uses: octo/deploy-search-dictionaries@v1\n# .../deploy-search-dictionaries/v1/src\n"

    refuse_stale_references("1.9.9", {"README.md": text})
    with pytest.raises(ReleaseError, match=r"README\.md names v1, but 2\.0\.0 moves v2"):
        refuse_stale_references("2.0.0", {"README.md": text})


# ---------------------------------------------------------------- the changelog and action.yml


def test_notes_are_the_changelog_section_without_heading() -> None:
    assert "### Added\n\n- Something new.\n" == notes(CHANGELOG, "1.2.0")


@pytest.mark.parametrize(
    ("changelog", "message"),
    [
        (CHANGELOG.replace("1.2.0", "1.20.0"), "nothing under"),
        (CHANGELOG.replace("1.2.0", "1x2x0"), "nothing under"),
        (CHANGELOG.replace(" - 2026-11-25", ""), "nothing under"),
        ("## [Unreleased]\n\n## [1.2.0] - 2026-11-25\n", "nothing under"),
        (
            CHANGELOG.replace("## [Unreleased]\n", "## [Unreleased]\n\n- Forgotten.\n"),
            "lines under Unreleased",
        ),
    ],
    ids=["another version", "dots are dots", "no date", "empty", "unreleased lines"],
)
def test_changelog_without_one_section_for_the_version_is_refused(changelog: str, message: str) -> None:
    with pytest.raises(ReleaseError, match=message):
        notes(changelog, "1.2.0")


def test_release_changes_only_the_image_in_action_yml() -> None:
    released = yaml.safe_load(pin_image(ACTION, IMAGE))

    assert {"using": "docker", "image": f"docker://{IMAGE}"} == released["runs"]
    assert yaml.safe_load(ACTION) | {"runs": released["runs"]} == released


@pytest.mark.parametrize(
    "image",
    [
        "",
        "ghcr.io/octo/words:v1",
        "words@sha256:12",
        f"{IMAGE}\n",
        f"{IMAGE} # x",
        IMAGE.upper(),
        f"a b/{IMAGE}",
    ],
)
def test_image_without_a_digest_is_refused(image: str) -> None:
    with pytest.raises(ReleaseError, match="is no image by digest"):
        pin_image(ACTION, image)


def test_released_action_is_refused() -> None:
    with pytest.raises(ReleaseError, match="release a commit of main"):
        pin_image(pin_image(ACTION, IMAGE), IMAGE)


# ---------------------------------------------------------------- the steps


def test_check_prints_the_version(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["check"], checkout, "1.2.0")
    assert "version=1.2.0\n" == capsys.readouterr().out


def test_check_refuses_wrong_changelog_documents_or_tags(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 1 == main(["check"], checkout, "1.3.0")
    assert "nothing under ## [1.3.0]" in capsys.readouterr().err

    assert 1 == main(["check"], checkout, "2.0.0")
    assert "README.md names v1" in capsys.readouterr().err

    git(checkout, "push", "--quiet", "origin", "HEAD:refs/tags/v1.2.0")
    assert 1 == main(["check"], checkout, "1.2.0")
    assert "does not come after 1.2.0" in capsys.readouterr().err


def test_notes_are_printed(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["notes"], checkout, "1.2.0")
    assert "### Added\n\n- Something new.\n" == capsys.readouterr().out


def test_release_is_one_commit_with_two_tags(
    checkout: Path,
) -> None:
    """The commit changes only action.yml; the version tag and the major tag point to it."""
    head = git(checkout, "rev-parse", "HEAD")

    assert 0 == main(["publish", f"--image={IMAGE}"], checkout, "1.2.0")

    [release] = set(tags(checkout).values())
    assert {"v1", "v1.2.0"} == tags(checkout).keys()
    assert head == git(checkout, "rev-parse", f"{release}^")
    assert "action.yml" == git(checkout, "diff", "--name-only", head, release)
    assert pin_image(FILES["action.yml"], IMAGE).strip() == git(checkout, "show", f"{release}:action.yml")
    assert "github-actions[bot]" == git(checkout, "show", "--no-patch", "--format=%an", release)
    assert (head, "") == (git(checkout, "rev-parse", "HEAD"), git(checkout, "status", "--porcelain"))


def test_repeated_release_changes_nothing(checkout: Path) -> None:
    assert 0 == main(["publish", f"--image={IMAGE}"], checkout, "1.2.0")
    before = tags(checkout)

    assert 0 == main(["publish", f"--image={IMAGE}"], checkout, "1.2.0")
    assert before == tags(checkout)


def test_released_version_with_other_image_or_commit_is_refused(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 0 == main(["publish", f"--image={IMAGE}"], checkout, "1.2.0")
    before = tags(checkout)

    assert 1 == main(["publish", f"--image={OTHER_IMAGE}"], checkout, "1.2.0")
    git(checkout, "commit", "--quiet", "--allow-empty", "--message=Later")
    assert 1 == main(["publish", f"--image={IMAGE}"], checkout, "1.2.0")

    assert 2 == capsys.readouterr().err.count("does not come after 1.2.0")
    assert before == tags(checkout)


def test_next_release_moves_only_the_major_tag(
    checkout: Path,
) -> None:
    assert 0 == main(["publish", f"--image={IMAGE}"], checkout, "1.2.0")
    first = tags(checkout)["v1.2.0"]
    git(checkout, "commit", "--quiet", "--allow-empty", "--message=Later")

    assert 0 == main(["publish", f"--image={OTHER_IMAGE}"], checkout, "1.3.0")

    after = tags(checkout)
    assert (first, after["v1.3.0"]) == (after["v1.2.0"], after["v1"])


def test_refused_push_leaves_no_tag_and_reports_git(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hook = checkout.parent / "origin" / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'tags are protected' >&2\nexit 1\n")
    hook.chmod(0o755)

    assert 1 == main(["publish", f"--image={IMAGE}"], checkout, "1.2.0")

    assert "tags are protected" in capsys.readouterr().err
    assert {} == tags(checkout)
