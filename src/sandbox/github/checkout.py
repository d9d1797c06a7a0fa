"""GitHub's data about commits, read from a git checkout.

Every read runs git: if a branch moves while the server runs, the next response reflects it.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

from sandbox.github.refs import FORMAT, Refs

MOST_PASTS = 16
"""Commits whose ancestors and history are cached."""
_LOG_FORMAT = "%H%x1f%T%x1f%P%x1f%an%x1f%ae%x1f%at%x1f%cn%x1f%ce%x1f%ct%x1f%B"


@dataclass(frozen=True, slots=True)
class GitObject:
    oid: str
    type: str
    """`commit`, `tree`, `blob` or `tag`."""
    size: int


@dataclass(frozen=True, slots=True)
class Signature:
    name: str
    email: str
    date: str
    """ISO 8601 in UTC, as GitHub writes it."""


@dataclass(frozen=True, slots=True)
class Commit:
    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Signature
    committer: Signature
    message: str

    @property
    def subject(self) -> str:
        return self.message.partition("\n")[0]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`head` relative to `base`: ahead by the commits that base lacks, behind by those that head lacks."""

    ahead_by: int
    behind_by: int

    @property
    def status(self) -> Literal["identical", "ahead", "behind", "diverged"]:
        if self.ahead_by and self.behind_by:
            return "diverged"
        if self.ahead_by:
            return "ahead"
        return "behind" if self.behind_by else "identical"


@dataclass(frozen=True, slots=True)
class TreeEntry:
    path: str
    mode: str
    type: str
    sha: str
    size: int | None


@dataclass(frozen=True, slots=True)
class ChangedFile:
    filename: str
    status: str
    sha: str
    previous_filename: str | None = None


class Checkout:
    """The commits, branches and files of the git repository at `path`, a working tree or a bare one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # What a commit's own SHA names never becomes anything else, and each question starts a process.
        self._objects: dict[str, GitObject] = {}
        self._commits: dict[str, Commit] = {}
        self._past = lru_cache(MOST_PASTS)(self._read_past)
        self._history = lru_cache(MOST_PASTS)(self._read_history)

    def refs(self) -> Refs:
        """The refs as they are now."""
        return Refs.parse(self._git("for-each-ref", f"--format={FORMAT}"))

    @property
    def default_branch(self) -> str:
        """The default branch, which need have no commit yet."""
        if known := self.refs().default_branch:
            return known
        return self._git("symbolic-ref", "HEAD", may_fail=True).strip().removeprefix("refs/heads/")

    def resolve(self, expression: str) -> GitObject | None:
        """Return the object of a SHA, branch, ref or `<revision>:<path>`; None if it does not exist."""
        revision, colon, path = expression.partition(":")
        branch = self.default_branch if revision == "HEAD" else revision.removeprefix("refs/heads/")
        spellings = [] if revision == "HEAD" else [revision]
        spellings += [f"refs/heads/{branch}", f"refs/remotes/origin/{branch}"]
        for spelling in spellings:
            if found := self._object(spelling + colon + path):
                return found
        return None

    def commit(self, revision: str) -> Commit | None:
        """Return the commit of a SHA, a branch or a tag."""
        oid = self.commit_oid(revision)
        return self.commit_of(oid) if oid else None

    def commit_of(self, oid: str) -> Commit:
        """Return the commit with this SHA."""
        return self._commits.get(oid) or next(self._log("--no-walk", oid))

    def commit_oid(self, revision: str) -> str | None:
        found = self.resolve(revision)
        if found and found.type == "tag":
            found = self._object(f"{found.oid}^{{commit}}")
        return found.oid if found and found.type == "commit" else None

    def commits(self, oid: str, *options: str, path: str = "") -> Iterator[Commit]:
        """Yield the history of a commit, newest first; with `path`, only changes of that file or folder."""
        yield from self._history(*options, oid, "--", *([path] if path else []))

    def _read_history(self, *arguments: str) -> tuple[Commit, ...]:
        return tuple(self._log(*arguments))

    def every_commit(self) -> Iterator[Commit]:
        """Return the commits that a ref contains."""
        yield from self._log("--all")

    def _log(self, *arguments: str) -> Iterator[Commit]:
        log = self._git("log", "-z", f"--format={_LOG_FORMAT}", *arguments)
        for record in log.split("\0"):
            if record:
                commit = _commit(record)
                yield self._commits.setdefault(commit.sha, commit)

    def compare(self, base: str, head: str) -> Comparison | None:
        """Compare two commits by their SHAs; return None if they share no history."""
        theirs, ours = self._past(base), self._past(head)
        if theirs.isdisjoint(ours):
            return None
        return Comparison(ahead_by=len(ours - theirs), behind_by=len(theirs - ours))

    def merge_base(self, base: str, head: str) -> str:
        """Return the merge base of two commits that share history."""
        return self._git("merge-base", base, head).strip()

    def _read_past(self, oid: str) -> frozenset[str]:
        """Return a commit and its ancestors."""
        return frozenset(self._git("rev-list", oid).split())

    def between(self, base: str, head: str) -> list[str]:
        """Return the commits of head that base lacks, newest first."""
        return self._git("rev-list", f"{base}..{head}").split()

    def changed_files(self, base: str, head: str) -> list[ChangedFile]:
        fields = iter(self._git("diff", "--raw", "--no-abbrev", "-M", "-z", base, head).split("\0")[:-1])
        return [_changed_file(field, fields) for field in fields]

    def tree(self, oid: str, *, recursive: bool) -> list[TreeEntry]:
        options = ["-r", "-t"] if recursive else []
        records = self._git("ls-tree", "-z", "-l", *options, oid).split("\0")[:-1]
        return [_tree_entry(record) for record in records]

    def tree_entry(self, oid: str, path: str) -> TreeEntry | None:
        """Return the commit's entry at the path; None below a link or in a submodule."""
        options = ["-z", "-l", "--full-tree"]
        records = self._git("ls-tree", *options, oid, "--", path, may_fail=True).split("\0")[:-1]
        return next((entry for entry in map(_tree_entry, records) if entry.path == path), None)

    def blob(self, oid: str) -> bytes:
        return self._run("cat-file", "blob", oid)

    def _object(self, expression: str) -> GitObject | None:
        # Through standard input, where no name can be an option.
        if "\n" in expression:
            return None
        if known := self._objects.get(expression):
            return known
        answer = self._git("cat-file", "--batch-check", stdin=f"{expression}\n").split()
        if len(answer) != 3 or not answer[2].isdigit():
            return None
        found = GitObject(answer[0], answer[1], int(answer[2]))
        self._objects[found.oid] = found
        return found

    def _git(self, *arguments: str, stdin: str = "", may_fail: bool = False) -> str:
        output = self._run(*arguments, stdin=stdin, may_fail=may_fail)
        return output.decode("utf-8", "replace")

    def _run(self, *arguments: str, stdin: str = "", may_fail: bool = False) -> bytes:
        # A git hook's GIT_DIR would select another repository.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        options = ["-c", "safe.directory=*", "-c", "core.quotePath=false", "--literal-pathspecs"]
        command = ["git", "-C", str(self.path), *options, *arguments]
        return subprocess.run(
            command, input=stdin.encode(), capture_output=True, check=not may_fail, env=environment
        ).stdout


def _commit(record: str) -> Commit:
    sha, tree, parents, *people, message = record.split("\x1f", 9)
    author, committer = _signature(*people[:3]), _signature(*people[3:])
    return Commit(sha, tree, tuple(parents.split()), author, committer, message.strip())


def _signature(name: str, email: str, seconds: str) -> Signature:
    return Signature(name, email, f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%SZ}")


_STATUSES = {"A": "added", "M": "modified", "D": "removed", "R": "renamed", "C": "copied", "T": "changed"}


def _changed_file(field: str, following: Iterator[str]) -> ChangedFile:
    _, _, old_sha, new_sha, letter = field.split(" ")
    first = next(following)
    status = _STATUSES[letter[0]]
    if status in ("renamed", "copied"):
        return ChangedFile(next(following), status, new_sha, previous_filename=first)
    return ChangedFile(first, status, old_sha if status == "removed" else new_sha)


def _tree_entry(record: str) -> TreeEntry:
    facts, path = record.split("\t", 1)
    mode, kind, sha, size = facts.split()
    return TreeEntry(path, mode, kind, sha, None if size == "-" else int(size))
