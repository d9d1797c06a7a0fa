"""Open files of the checkout once and safely.

A pull request may contain any file and any link. So links are resolved first, without a look at any path
outside the repository: even an error would show whether it exists. Then each path component is opened
relative to the one before it, without following links: the kernel cannot leave the repository.
"""

from __future__ import annotations

import difflib
import errno
import hashlib
import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import Self

from dictionary_deploy.errors import ContentError, DeployError, inline_code
from dictionary_deploy.git.head import below_workspace, find_checkout_below
from dictionary_deploy.model import Content

MAX_CONFIG_BYTES = 256 * 1024
"""Bytes of a configuration. One more is read, to detect a longer one."""

MAX_FILES_BESIDE = 50
"""YAML files beside the configuration that are read."""

# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: a pointer begins with this line, and is smaller
# than 1024 bytes.
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_MAX_LFS_POINTER_BYTES = 1024

MAX_LINKS = 40
"""Links that are followed to a file, as by Linux."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: opening a FIFO would wait for a writer.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class DictionaryFile:
    """A dictionary's file, open until the `with` block ends, so that every read is of the same file."""

    content: Content
    handle: BufferedReader
    """The open file, seekable and at its beginning."""

    def read(self) -> bytes:
        """Return the content."""
        self.handle.seek(0)
        data = self.handle.read()
        self.handle.seek(0)
        return data

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.handle.close()


def open_dictionary(workspace: Path, file: str) -> DictionaryFile:
    """Open `file`, a path relative to the workspace, and return it with its hash and size.

    The file is hashed in blocks, to save memory. Raises ContentError if it does not exist, is outside of
    the repository, or is a Git LFS pointer.
    """
    handle = _open(workspace, file)
    try:
        return DictionaryFile(_content(file, handle), handle)
    except BaseException:
        handle.close()
        raise


def _content(file: str, handle: BufferedReader) -> Content:
    is_pointer = handle.read(len(_LFS_POINTER)) == _LFS_POINTER
    handle.seek(0)
    digest = hashlib.file_digest(handle, "sha256").hexdigest()
    size = handle.tell()
    handle.seek(0)
    if is_pointer and size < _MAX_LFS_POINTER_BYTES:
        raise ContentError(
            f"{file} is a Git LFS pointer, not the file itself.",
            "Set `lfs: true` for actions/checkout.",
            at_terminal=f"Run {inline_code(f'git lfs pull --include {file}')}.",
        )
    return Content(digest, size)


def read_config(workspace: Path, path: str) -> bytes:
    """Return the configuration, at most `MAX_CONFIG_BYTES` + 1 bytes of it.

    Raises DeployError (`invalid-config`) with the full path if it cannot be read.
    """
    try:
        with _open(workspace, path) as handle:
            return handle.read(MAX_CONFIG_BYTES + 1)
    except ContentError as error:
        is_checkout = (workspace / ".git").exists()
        if not is_checkout and (folder := find_checkout_below(workspace)):
            raise below_workspace(folder) from error
        raise DeployError(
            "invalid-config",
            f"The configuration {workspace / path} cannot be read. {error.message}",
            error.remedy
            if is_checkout
            else "Run actions/checkout before this step: nothing is checked out there.",
            at_terminal=error.at_terminal
            if is_checkout
            else "Run the command in a checkout of the repository. This folder is not in one.",
        ) from error


def read_yaml_beside(workspace: Path, path: str) -> dict[str, bytes]:
    """Return the other YAML files in the configuration's folder by path, each as `read_config` reads it."""
    own = PurePosixPath(path)
    names = _names_in_folder(os.path.realpath(workspace), own)
    yaml_names = [name for name in sorted(names) if name.endswith((".yml", ".yaml")) and name != own.name]
    found = {}
    for other in (str(own.parent / name) for name in yaml_names[:MAX_FILES_BESIDE]):
        with suppress(DeployError):  # a folder, or a link to a path outside the repository
            found[other] = read_config(workspace, other)
    return found


def _open(workspace: Path, file: str) -> BufferedReader:
    root = os.path.realpath(workspace)
    _check_path(file)
    try:
        parts = _resolve((root, os.path.abspath(workspace)), PurePosixPath(file))  # noqa: PTH100 resolves no link
        if not parts:
            raise ContentError(
                f"{file} is a link to a path outside the repository.", "Commit the file itself."
            )
        descriptor = _open_below(root, parts)
    except (FileNotFoundError, NotADirectoryError) as error:
        similar = _similar(root, file)
        remedy = f"Did you mean {' or '.join(similar)}?" if similar else ""
        raise ContentError(
            f"File {file} not found.",
            remedy
            or "Check that the path is correct, and that an earlier step checks the file out or builds it.",
            at_terminal=remedy or "Add the file, or fix the path.",
            is_missing=True,
        ) from error
    except OSError as error:
        raise ContentError(
            f"{file} cannot be read: {error.strerror}.",
            "Check the file, its folders and its links in the checkout.",
        ) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ContentError(f"{file} is a folder or a device, not a file.", "Set the path of a file.")
    return os.fdopen(descriptor, "rb")


def _check_path(file: str) -> None:
    path = PurePosixPath(file)
    is_text = "\0" not in file and file.encode(errors="replace").decode() == file
    if (
        not (is_text and path.parts)
        or path.is_absolute()
        or ".." in path.parts
        or any(map(_is_git, path.parts))
    ):
        raise ContentError(
            f"{file!r} is not a path in the repository.",
            "Set a path relative to the repository's root, without `..`.",
        )


def _resolve(roots: Sequence[str], file: PurePosixPath) -> Sequence[str] | None:
    """Return the components of a path below the first of `roots`, without links; None if it leaves it.

    All `roots` are names of the same folder. Also returns None for a path into `.git`.
    """
    done: list[str] = []
    pending = [*reversed(file.parts)]
    links = 0
    while pending:
        part = pending.pop()
        if _is_git(part) or (part == ".." and not done):
            return None
        if part == "..":
            done.pop()
            continue
        target = _link_target(os.path.join(roots[0], *done, part))  # noqa: PTH118 of text
        if target is None:
            done.append(part)
            continue
        links += 1
        if links > MAX_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if target.is_absolute():
            inner = next((target.relative_to(root) for root in roots if target.is_relative_to(root)), None)
            if inner is None:
                return None
            done, target = [], inner
        pending += reversed(target.parts)
    return done


def _link_target(path: str) -> PurePosixPath | None:
    """Return the target of a link; None if the path is not a link."""
    try:
        return PurePosixPath(os.readlink(path))  # noqa: PTH115 of text
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        return None


def _is_git(part: str) -> bool:
    """Return True for `.git` in any case: some file systems ignore it."""
    return part.casefold() == ".git"


def _open_below(root: str, parts: Sequence[str]) -> int:
    folder = os.open(root, _FOLDER)
    try:
        for part in parts[:-1]:
            inner = os.open(part, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(parts[-1], _FILE, dir_fd=folder)
    finally:
        os.close(folder)


def _names_in_folder(root: str, path: PurePosixPath) -> list[str]:
    """Return the names in the folder of `path`; none if it is outside of the repository or missing."""
    try:
        parts = _resolve((root,), path.parent)
        if parts is None:
            return []  # do not report names outside of the repository
        descriptor = _open_below(root, (*parts, "."))
        try:
            return os.listdir(descriptor)  # noqa: PTH208 - of the open folder, not of a path
        finally:
            os.close(descriptor)
    except OSError:
        return []


def _similar(root: str, file: str) -> list[str]:
    """Return the paths of files in the same folder with similar names."""
    path = PurePosixPath(file)
    similar = difflib.get_close_matches(path.name, _names_in_folder(root, path))
    return [str(path.parent / name) for name in similar]
