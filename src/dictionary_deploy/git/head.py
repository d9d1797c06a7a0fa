"""Which commit is checked out, read from `.git` without git.

In a container git may be missing, and would not trust a folder that belongs to another user.
https://git-scm.com/docs/gitrepository-layout has the layout.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from dictionary_deploy.errors import EventError
from dictionary_deploy.model import SHA

_DEPTH = 5
"""Symbolic refs that git follows from one to the next."""

_HEAD_SIZE = 4096
"""Bytes to read of a file that holds a ref, a commit or a path."""


def read_head(workspace: Path) -> str | None:
    """The SHA of the commit that is checked out in `workspace`; None when there is no `.git`.

    Linked worktrees and submodules, whose `.git` is a file, are followed. Raises EventError
    (`not-checked-out`) that says what could not be read.
    """
    git = workspace / ".git"
    try:
        if not git.exists():
            return None
        git_dir = git if git.is_dir() else workspace / _after(git, "gitdir: ")
        if not (git_dir / "HEAD").is_file():
            raise _unreadable(f"{git} leads to {git_dir}, and there is no HEAD.")
        common_dir_file = git_dir / "commondir"
        common_dir = git_dir / _text(common_dir_file) if common_dir_file.exists() else git_dir
        return _resolve("HEAD", git_dir, common_dir)
    except (OSError, ValueError) as error:
        raise _unreadable(f"{git} cannot be read: {error}.") from error


def find_root(folder: Path) -> Path:
    """The root of the checkout that `folder` is in: where `.git` is; `folder` itself when it is in none."""
    for each in (folder, *folder.parents):
        if (each / ".git").exists():
            return each
    return folder


def _resolve(name: str, git_dir: Path, common_dir: Path) -> str:
    for _ in range(_DEPTH):
        value = _value(name, git_dir, common_dir)
        if value is None:
            break
        if SHA.fullmatch(value):
            return value
        name = value.removeprefix("ref: ").strip()
        if name == value or ".." in PurePosixPath(name).parts or not name.startswith("refs/"):
            raise _unreadable(f"{git_dir} has {value!r:.80} where a commit or a ref should be.")
    if (common_dir / "reftable").exists():
        raise _unreadable(f"{git_dir} keeps its refs as reftable, which only git can read.")
    raise _unreadable(f"{git_dir} says that {name} is checked out, and it has no commit.")


def _value(name: str, git_dir: Path, common_dir: Path) -> str | None:
    """What a ref says: a commit, `ref: ` and another ref, or None when there is no such ref."""
    for folder in (git_dir, common_dir):
        if (folder / name).is_file():
            return _text(folder / name)
    return next((sha for sha, ref in _packed_refs(common_dir) if ref == name), None)


def _packed_refs(common_dir: Path) -> Iterator[tuple[str, str]]:
    """Lines of `<SHA> <ref>`; those that start with `#` or `^` are about the file, or a tag's commit."""
    path = common_dir / "packed-refs"
    if path.exists():
        with path.open(encoding="utf-8", errors="surrogateescape") as lines:
            for line in lines:
                sha, _, ref = line.rstrip("\n").partition(" ")
                yield sha, ref


def _after(path: Path, prefix: str) -> str:
    text = _text(path)
    if not text.startswith(prefix):
        raise ValueError(f"it does not begin with {prefix!r}")
    return text.removeprefix(prefix)


def _text(path: Path) -> str:
    with path.open(encoding="utf-8", errors="surrogateescape") as file:
        return file.read(_HEAD_SIZE).rstrip("\n")


def _unreadable(message: str) -> EventError:
    return EventError(
        "not-checked-out",
        message,
        "Check the repository out with actions/checkout, in the same job and before this step.",
        at_terminal="See that `git rev-parse HEAD` works there, or clone the repository anew.",
    )
