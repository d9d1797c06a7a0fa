"""Whether a file of the checkout is what its commit has, as git sees it.

In GitHub's runner an earlier step may have built the file. At a terminal somebody may be in the midst
of editing it: that must not be deployed under the SHA of a commit that says something else.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

from dictionary_deploy.errors import ContentError, DeployError
from dictionary_deploy.git.command import Git
from dictionary_deploy.git.worktree import open_dictionary

_BLOCK = 1 << 20


def check_committed(workspace: Path, commit: str, file: str, handle: BinaryIO, size: int) -> None:
    """Raise ContentError when `handle` has other bytes than the file has in the commit that is checked out.

    A file that git does not track may have any. Line ends, Git LFS and other filters count as git has
    them. Where the file is a link within the repository, what it leads to counts. `handle` is at its
    beginning, before and after. Raises DeployError when git gives no answer.
    """
    git = Git(workspace)
    real = os.path.relpath(os.path.realpath(workspace / file), os.path.realpath(workspace))
    blob = _blob(git, commit, real)
    if blob is None:
        if not git("ls-files", "-z", "--", real):
            return
    elif blob == _raw_blob(handle, size, blob) or blob == _filtered_blob(git, handle, real):
        return
    raise ContentError(
        f"{file} is not what the commit {commit[:12]} has: there are changes that are not committed.",
        "Commit them, which makes another commit to deploy, or put the file back: "
        + (f"git restore --staged --worktree {real}" if blob else f"git rm --cached {real}"),
    )


def check_config_committed(workspace: Path, commit: str, path: str) -> None:
    """Raise DeployError (`invalid-config`) when the configuration is not the one of the commit."""
    try:
        with open_dictionary(workspace, path) as source:
            check_committed(workspace, commit, path, source.handle, source.content.size)
    except ContentError as error:
        raise DeployError("invalid-config", error.message, error.remedy) from error


def _blob(git: Git, commit: str, file: str) -> str | None:
    """The object ID of a file in a commit; None when the commit has no such file."""
    answer = git("ls-tree", "-z", "--full-tree", commit, "--", file)
    entries = [entry.split("\t", 1)[0].split() for entry in answer.split("\0") if entry]
    return next((entry[2] for entry in entries if entry[0].startswith("100")), None)


def _raw_blob(handle: BinaryIO, size: int, like: str) -> str:
    """The object ID of the very bytes, by the hash that `like` is of."""
    digest = hashlib.new("sha1" if len(like) == 40 else "sha256", b"blob %d\0" % size)  # noqa: PLR2004 git's own
    while block := handle.read(_BLOCK):
        digest.update(block)
    handle.seek(0)
    return digest.hexdigest()


def _filtered_blob(git: Git, handle: BinaryIO, file: str) -> str:
    """The object ID that the bytes would have in a commit."""
    descriptor = handle.fileno()
    was = os.lseek(descriptor, 0, os.SEEK_CUR)  # git shares it, and `handle` relies on it
    os.lseek(descriptor, 0, os.SEEK_SET)
    try:
        return git("hash-object", "--stdin", f"--path={file}", sent=handle).strip()
    finally:
        os.lseek(descriptor, was, os.SEEK_SET)
