"""The hook of `.pre-commit-hooks.yaml`, run by the real pre-commit, which installs it from here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIG = """\
bucket: acme
domains: none
dictionaries:
  - {file: stopwords.txt, package: stopwords, kind: stopwords}
"""

pytestmark = pytest.mark.slow


def run(folder: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(
        command, cwd=folder, env=kept | environ, capture_output=True, text=True, check=False, timeout=300
    )


def git(folder: Path, *arguments: str) -> str:
    done = run(folder, "git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments)
    assert 0 == done.returncode, done.stderr
    return done.stdout.strip()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository with a dictionary, staged, and the hook of this working tree's files configured."""
    hook = tmp_path / "hook"
    files = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
    for name in filter(None, files):
        source = ROOT / name
        if source.is_file():
            (hook / name).parent.mkdir(parents=True, exist_ok=True)
            (hook / name).write_bytes(source.read_bytes())
    git(hook, "init", "--quiet")
    git(hook, "add", "--all")
    git(hook, "commit", "--quiet", "--message", "All of it")
    folder = tmp_path / "shop"
    (folder / ".github").mkdir(parents=True)
    (folder / ".github/dictionaries.yml").write_text(CONFIG, "utf-8")
    (folder / "stopwords.txt").write_text("the\na\n", "utf-8")
    (folder / ".pre-commit-config.yaml").write_text(
        f"repos: [{{repo: {hook}, rev: {git(hook, 'rev-parse', 'HEAD')}, hooks: [{{id: validate}}]}}]\n",
        "utf-8",
    )
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    return folder


def test_commit_fails_if_a_file_is_invalid_or_deleted(shop: Path) -> None:
    # One test, since pre-commit takes a while to install the hook.
    cache = {"PRE_COMMIT_HOME": str(shop.parent / "cache")}
    pre_commit = str(Path(sys.executable).with_name("pre-commit"))

    good = run(shop, pre_commit, "run", "--verbose", **cache)
    (shop / "stopwords.txt").write_bytes(b"the\ncaf\xe9\n")
    git(shop, "add", "--all")
    bad = run(shop, pre_commit, "run", "--verbose", **cache)
    (shop / "stopwords.txt").write_bytes(b"the\n")
    git(shop, "add", "--all")
    git(shop, "commit", "--quiet", "--message", "Add stopwords")
    git(shop, "rm", "--quiet", "stopwords.txt")
    deleted = run(shop, pre_commit, "run", "--verbose", **cache)

    assert 0 == good.returncode, good.stdout + good.stderr
    assert "validate search dictionaries" in good.stdout
    assert 1 == bad.returncode, bad.stdout + bad.stderr
    assert "stopwords.txt:2:4" in bad.stdout
    assert 1 == deleted.returncode, deleted.stdout + deleted.stderr
    assert "stopwords.txt" in deleted.stdout
