"""Two commits on `main`: the first, and the merge of pull request 7. The same input gives the same SHAs."""

from __future__ import annotations

import shutil
from pathlib import Path
from string import Template

from sandbox.repository import Repository

SAMPLE = Path(__file__).parent
PULL_REQUEST = 7
BRANCH = "autumn-words"
TITLE = "Words of the autumn catalogue"


def begin(path: Path, user_dictionary_id: str) -> str:
    """Create the repository at `path`, which must not exist; return the SHA of its first commit.

    Its configuration names the user dictionary's package by `user_dictionary_id`, the others by name.
    """
    shutil.copytree(SAMPLE / "repository", path)
    config = path / ".github" / "dictionaries.yml"
    template = Template(config.read_text(encoding="utf-8"))
    config.write_text(template.substitute(user_dictionary_id=user_dictionary_id), encoding="utf-8")
    repository = Repository(path)
    repository.init()
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--message", "Search words of the shop")
    return repository.head


def open_pull_request(path: Path) -> str:
    """Push the branch of pull request 7 and check it out; return the SHA of its commit."""
    repository = Repository(path)
    repository.git("switch", "--quiet", "--create", BRANCH)
    repository.git("apply", "--index", str(SAMPLE / f"pull-request-{PULL_REQUEST}.patch"))
    repository.git("commit", "--quiet", "--message", TITLE)
    repository.git("update-ref", f"refs/pull/{PULL_REQUEST}/head", BRANCH)
    return repository.head


def merge_pull_request(path: Path) -> str:
    """Merge pull request 7 into `main`, as GitHub's button does; return the SHA of the merge commit."""
    repository = Repository(path)
    repository.git("switch", "--quiet", "main")
    return repository.merge_branch(BRANCH, PULL_REQUEST, TITLE)
