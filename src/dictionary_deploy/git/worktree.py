"""The files of the checkout, each opened once and safely.

A pull request may bring any file and any link. So nothing of the repository's is opened by a path
that the kernel could lead elsewhere: links are resolved first, and then each component is opened
below the one before it, following none.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import Self

from dictionary_deploy.errors import ContentError, DeployError
from dictionary_deploy.model import Content

CONFIG_LIMIT = 256 * 1024
"""Bytes of a configuration; one more is read, so that a longer one is noticed."""

# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: this line comes first, and a pointer is
# smaller than 1024 bytes.
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_LFS_POINTER_LIMIT = 1024

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: opening a FIFO would wait for a writer.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class DictionaryFile:
    """A dictionary's file, open until the `with` block ends; whatever reads it reads the same file."""

    content: Content
    handle: BufferedReader
    """Seekable, and at its beginning."""

    def read(self) -> bytes:
        """All of it."""
        self.handle.seek(0)
        data = self.handle.read()
        self.handle.seek(0)
        return data

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.handle.close()


def open_dictionary(workspace: Path, file: str) -> DictionaryFile:
    """The file at `file`, relative to the workspace, with its hash and size.

    It is hashed in blocks, so that a large one needs no memory. Raises ContentError when there is
    no such file, when it is none of the repository's own, and when it is a pointer of Git LFS.
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
    if is_pointer and size < _LFS_POINTER_LIMIT:
        raise ContentError(
            f"{file} is a pointer of Git LFS, not the file it stands for.",
            "Add `lfs: true` to actions/checkout.",
            at_terminal=f"Fetch it: git lfs pull --include {file}",
        )
    return Content(digest, size)


def read_config(workspace: Path, path: str) -> bytes:
    """The configuration, at most `CONFIG_LIMIT` + 1 bytes of it.

    Raises DeployError (`invalid-config`) that says where it was looked for.
    """
    try:
        with _open(workspace, path) as handle:
            return handle.read(CONFIG_LIMIT + 1)
    except ContentError as error:
        is_checkout = (workspace / ".git").exists()
        raise DeployError(
            "invalid-config",
            f"The configuration was looked for at {workspace / path}. {error.message}",
            error.remedy if is_checkout else "Nothing is checked out there: run actions/checkout before.",
            at_terminal=error.remedy
            if is_checkout
            else "Run it within the checkout of the repository: neither this folder nor one above it is one.",
        ) from error


def _open(workspace: Path, file: str) -> BufferedReader:
    root = os.path.realpath(workspace)
    _check_path(file)
    try:
        real = os.path.realpath(PurePosixPath(root, file), strict=True)
        parts = _parts_below(root, real)
        if not parts:
            raise ContentError(
                f"{file} leads out of the repository's own files, to {real}.",
                "Have the file itself in the repository.",
            )
        descriptor = _open_below(root, parts)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ContentError(f"There is no file {file} in the checkout.", _look_near(root, file)) from error
    except OSError as error:
        raise ContentError(
            f"{file} cannot be read: {error.strerror}.",
            "See what the file, its folders and links are in the checkout.",
        ) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ContentError(f"{file} is a folder or a device.", "Name a file.")
    return os.fdopen(descriptor, "rb")


def _check_path(file: str) -> None:
    path = PurePosixPath(file)
    is_text = "\0" not in file and file.encode(errors="replace").decode() == file
    if not (is_text and path.parts) or path.is_absolute() or ".." in path.parts or _has_git(path):
        raise ContentError(
            f"{file!r} is not the path of a file in the repository.",
            "Write it relative to the repository's root, without `..`.",
        )


def _parts_below(root: str, real: str) -> tuple[str, ...]:
    """The components that lead from `root` to `real`; none when it is not below, or git's own."""
    path = PurePosixPath(real)
    inner = path.relative_to(root) if path.is_relative_to(root) else PurePosixPath()
    return () if _has_git(inner) else inner.parts


def _has_git(path: PurePosixPath) -> bool:
    """Whether it leads into git's own folder, as some disks spell it."""
    return ".git" in (part.casefold() for part in path.parts)


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


def _names_beside(root: str, path: PurePosixPath) -> list[str]:
    """What is in the folder where the file should be; nothing where that is outside, or gone by now."""
    try:
        folder = os.path.realpath(PurePosixPath(root, path.parent))
        parts = _parts_below(root, folder)
        if folder != root and not parts:
            return []  # what lies outside is nobody's business
        descriptor = _open_below(root, (*parts, "."))
        try:
            return os.listdir(descriptor)  # noqa: PTH208 - of what was opened, wherever its path leads by now
        finally:
            os.close(descriptor)
    except OSError:
        return []


def _look_near(root: str, file: str) -> str:
    path = PurePosixPath(file)
    near = difflib.get_close_matches(path.name, _names_beside(root, path))
    if near:
        return f"Near it: {', '.join(str(path.parent / name) for name in near)}."
    return "See that it is spelled as in the repository, and checked out or built before this step."
