"""Two commits on `main`: the first, and the merge of pull request 7. The same input gives the same SHAs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from string import Template

SAMPLE = Path(__file__).parent
PULL_REQUEST = 7
BRANCH = "autumn-words"
TITLE = "Words of the autumn catalogue"


def begin(path: Path, user_dictionary_id: str) -> str:
    """Make the repository at `path`, which must not exist; the SHA of its first commit.

    Its configuration names the user dictionary's package by `user_dictionary_id`, the others by name.
    """
    shutil.copytree(SAMPLE / "repository", path)
    config = path / ".github" / "dictionaries.yml"
    template = Template(config.read_text(encoding="utf-8"))
    config.write_text(template.substitute(user_dictionary_id=user_dictionary_id), encoding="utf-8")
    _git(path, "init", "--quiet", "--initial-branch", "main")
    _git(path, "add", "--all")
    _git(path, "commit", "--quiet", "--message", "Search words of the shop")
    return _head(path)


def merge_pull_request(path: Path) -> str:
    """Merge pull request 7 into `main`, as GitHub's button does; the SHA of the merge commit."""
    _git(path, "switch", "--quiet", "--create", BRANCH)
    _git(path, "apply", "--index", str(SAMPLE / f"pull-request-{PULL_REQUEST}.patch"))
    _git(path, "commit", "--quiet", "--message", TITLE)
    _git(path, "switch", "--quiet", "main")
    subject = f"Merge pull request #{PULL_REQUEST} from octo/{BRANCH}"
    _git(path, "merge", "--quiet", "--no-ff", "--message", f"{subject}\n\n{TITLE}", BRANCH)
    return _head(path)


def _head(path: Path) -> str:
    return _git(path, "rev-parse", "HEAD").strip()


def _git(path: Path, *arguments: str) -> str:
    environ = {
        "PATH": os.environ.get("PATH", os.defpath),
        # Neither the user's settings, such as signed commits, nor those of the machine.
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    for role in ("AUTHOR", "COMMITTER"):
        environ[f"GIT_{role}_NAME"] = "Mona Lisa"
        environ[f"GIT_{role}_EMAIL"] = "monalisa@users.noreply.github.com"
        environ[f"GIT_{role}_DATE"] = "2026-03-02T10:11:12Z"
    command = ["git", "-C", str(path), *arguments]
    return subprocess.run(command, env=environ, stdout=subprocess.PIPE, text=True, check=True).stdout
