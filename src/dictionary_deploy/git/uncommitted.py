"""Check with git that a file of the checkout equals the file in its commit.

In GitHub's runner an earlier step may have built the file. At a terminal the user may be editing it: that
content must not be deployed under the SHA of a commit with other content.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

from dictionary_deploy.errors import ContentError, DeployError, inline_code
from dictionary_deploy.git.command import Git
from dictionary_deploy.git.worktree import open_dictionary

_BLOCK = 1 << 20


def check_committed(workspace: Path, commit: str, file: str, handle: BinaryIO, size: int) -> None:
    """Raise ContentError if the bytes of `handle` differ from the file in the checked-out commit.

    An untracked file may have any content. Git's filters, such as line ends and Git LFS, are applied. For
    a link within the repository, its target counts. `handle` is at its beginning, before and after.
    Raises DeployError if git fails.
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
        f"{file} has uncommitted changes: it differs from commit {commit[:12]}.",
        "Commit the changes and deploy that commit, or discard them with "
        + inline_code(f"git restore --staged --worktree {real}" if blob else f"git rm --cached {real}")
        + ".",
    )


def check_config_committed(workspace: Path, commit: str, path: str) -> None:
    """Raise DeployError (`invalid-config`) if the configuration differs from the commit's."""
    try:
        with open_dictionary(workspace, path) as source:
            check_committed(workspace, commit, path, source.handle, source.content.size)
    except ContentError as error:
        raise DeployError("invalid-config", error.message, error.remedy) from error


def _blob(git: Git, commit: str, file: str) -> str | None:
    """Return the object ID of a file in a commit; None if the commit has no such file."""
    output = git("ls-tree", "-z", "--full-tree", commit, "--", file)
    entries = [entry.split("\t", 1)[0].split() for entry in output.split("\0") if entry]
    return next((entry[2] for entry in entries if entry[0].startswith("100")), None)


def _raw_blob(handle: BinaryIO, size: int, expected: str) -> str:
    """Return the object ID of the unfiltered bytes, by the hash function of `expected`."""
    digest = hashlib.new("sha1" if len(expected) == 40 else "sha256", b"blob %d\0" % size)  # noqa: PLR2004 git's own
    while block := handle.read(_BLOCK):
        digest.update(block)
    handle.seek(0)
    return digest.hexdigest()


def _filtered_blob(git: Git, handle: BinaryIO, file: str) -> str:
    """Return the object ID that the filtered bytes would have in a commit."""
    descriptor = handle.fileno()
    position = os.lseek(descriptor, 0, os.SEEK_CUR)  # git shares it, and `handle` relies on it
    os.lseek(descriptor, 0, os.SEEK_SET)
    try:
        return git("hash-object", "--stdin", f"--path={file}", stdin=handle).strip()
    finally:
        os.lseek(descriptor, position, os.SEEK_SET)
