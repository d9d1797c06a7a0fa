"""Read the checked-out commit from `.git` without git.

A container may lack git, or git may not trust a folder that belongs to another user. For the layout see
https://git-scm.com/docs/gitrepository-layout.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TextIO

from dictionary_deploy.errors import EventError
from dictionary_deploy.model import SHA

_MAX_DEPTH = 5
"""Symbolic refs that git follows."""

_MAX_BYTES = 4096
"""Bytes to read of a file that contains a ref, a commit or a path."""


def read_head(workspace: Path) -> str | None:
    """Return the SHA of the commit checked out in `workspace`; None without `.git`.

    Supports linked worktrees and submodules, whose `.git` is a file. Raises EventError (`not-checked-out`)
    if it cannot be read.
    """
    git = workspace / ".git"
    try:
        if not git.exists():
            return None
        git_dir = git if git.is_dir() else workspace / _after(git, "gitdir: ")
        if not (git_dir / "HEAD").is_file():
            raise _unreadable(f"{git} points to {git_dir}, which has no HEAD.")
        common_dir_file = git_dir / "commondir"
        common_dir = git_dir / _text(common_dir_file) if common_dir_file.exists() else git_dir
        return _resolve("HEAD", git_dir, common_dir)
    except (OSError, ValueError) as error:
        raise _unreadable(f"{git} cannot be read: {error}.") from error


def find_root(folder: Path) -> Path:
    """Return the root of the checkout that contains `folder`; `folder` itself without one."""
    for each in (folder, *folder.parents):
        if (each / ".git").exists():
            return each
    return folder


def find_checkout_below(workspace: Path) -> str:
    """Return the first folder in the workspace that is a checkout, relative to it; empty without one."""
    folders = islice(workspace.glob("*/.git"), 1), islice(workspace.glob("*/*/.git"), 1)
    return next((str(git.parent.relative_to(workspace)) for each in folders for git in each), "")


def below_workspace(folder: str) -> EventError:
    """Return the error for a checkout in a folder of the workspace."""
    return EventError(
        "not-checked-out",
        f"The repository is checked out in the folder {folder} of the workspace.",
        "Remove `path:` from actions/checkout.",
        at_terminal=f"Run the command in {folder}.",
    )


def _resolve(name: str, git_dir: Path, common_dir: Path) -> str:
    for _ in range(_MAX_DEPTH):
        value = _value(name, git_dir, common_dir)
        if value is None:
            break
        if SHA.fullmatch(value):
            return value
        name = value.removeprefix("ref: ").strip()
        if name == value or ".." in PurePosixPath(name).parts or not name.startswith("refs/"):
            raise _unreadable(f"{git_dir} has {value!r:.80} instead of a commit or a ref.")
    if (common_dir / "reftable").exists():
        raise EventError(
            "not-checked-out",
            f"{git_dir} stores its refs as reftable, which only git can read.",
            "Set `GIT_DEFAULT_REF_FORMAT: files` in the job's `env`, before actions/checkout.",
            at_terminal="Run `git refs migrate --ref-format=files`.",
        )
    raise _unreadable(
        f"The branch {name.removeprefix('refs/heads/')} in {git_dir} has no commit yet.",
        at_terminal="Commit the configuration and the dictionaries first.",
    )


def _value(name: str, git_dir: Path, common_dir: Path) -> str | None:
    """Return the value of a ref: a commit, or `ref: ` and another ref; None if it does not exist."""
    for folder in (git_dir, common_dir):
        if (folder / name).is_file():
            return _text(folder / name)
    return next((sha for sha, ref in _packed_refs(common_dir) if ref == name), None)


def _packed_refs(common_dir: Path) -> Iterator[tuple[str, str]]:
    """Yield the SHAs and refs of the lines. Lines with `#` or `^` describe the file or a tag's commit."""
    path = common_dir / "packed-refs"
    if path.exists():
        with _open(path) as lines:
            for line in lines:
                sha, _, ref = line.rstrip("\n").partition(" ")
                yield sha, ref


def _after(path: Path, prefix: str) -> str:
    text = _text(path)
    if not text.startswith(prefix):
        raise ValueError(f"it does not begin with {prefix!r}")
    return text.removeprefix(prefix)


def _text(path: Path) -> str:
    with _open(path) as file:
        return file.read(_MAX_BYTES).rstrip("\n")


def _open(path: Path) -> TextIO:
    """Open a regular file. Raises OSError for anything else: opening a FIFO would wait for a writer."""
    if not path.is_file():
        raise OSError(f"{path.name} is not a file")
    return path.open(encoding="utf-8", errors="surrogateescape")


def _unreadable(
    message: str,
    at_terminal: str = "Check that `git rev-parse HEAD` works there, or clone the repository again.",
) -> EventError:
    return EventError(
        "not-checked-out",
        message,
        "Run actions/checkout in the same job, before this step.",
        at_terminal=at_terminal,
    )
