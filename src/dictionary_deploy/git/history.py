"""Where a commit stands on its branch, as the checkout's own git answers: outside GitHub nobody else can."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from dictionary_deploy.clock import GIT_SECONDS
from dictionary_deploy.errors import DeployError
from dictionary_deploy.git.command import Git
from dictionary_deploy.model import SHA, Place, Standing, Succession


class GitHistory:
    """The history of the checkout whose root is `workspace`.

    Every method raises DeployError (`github-failed`) when git is missing, fails, or does not answer
    within `timeout_seconds`; only asking the remote takes noticeable time.
    """

    def __init__(
        self, workspace: Path, environ: Mapping[str, str] = os.environ, timeout_seconds: float = GIT_SECONDS
    ) -> None:
        self._git = Git(workspace, environ, timeout_seconds)

    def head_branch(self) -> str | None:
        """The branch that is checked out; None when what is checked out is no branch."""
        ref = self._git("symbolic-ref", "--quiet", "HEAD", no=1)
        return ref.removeprefix("refs/heads/").rstrip("\n") or None

    def default_branch(self) -> str | None:
        """The repository's default branch: what is HEAD at `origin`, without an `origin` what is here."""
        if not self._has_origin():
            return self.head_branch()
        answer = self._git("ls-remote", "--symref", "--", "origin", "HEAD")
        found = re.match(r"ref: refs/heads/(.+)\tHEAD\n", answer)
        return found[1] if found else None

    def origin(self) -> str:
        """The URL of `origin`, empty without one."""
        return self._git("remote", "get-url", "origin").rstrip("\n") if self._has_origin() else ""

    def standing(
        self,
        branch: str,
        commit: str,
        files: Sequence[str],
        others: Sequence[str],
        successions: Sequence[Succession] = (),
    ) -> Standing:
        """Where `commit`, its `files` and `others` stand against the tip of `branch`.

        The tip is asked of `origin`; without an `origin` it is the local branch's. A file that is a
        link counts as untracked: what git has of it stays the same when the file it leads to changes.
        Raises DeployError (`wrong-branch`) when there is no such branch.
        """
        tip = self._tip(branch)
        named = {*others, *(commit for each in successions for commit in (each.earlier, each.later))}
        there = set(filter(self._has, named))
        missing = [other for other in others if other not in there]
        if missing and self._is_shallow():
            raise DeployError(
                "github-failed",
                f"The clone is shallow and lacks {', '.join(missing)}: which commit is newer cannot be told.",
                "Run `git fetch --unshallow` first.",
            )
        return Standing(
            tip=tip,
            files=self._places(tip, commit, files),
            distances={other: self._distance(tip, other) for other in others},
            pasts=frozenset(
                (each.earlier, each.later)
                for each in successions
                if {each.earlier, each.later} <= there and self.has(each.earlier, each.later)
            ),
        )

    def has(self, older: str, newer: str) -> bool:
        """Whether `newer` has `older` in its past."""
        return self._git("rev-list", "--count", "--max-count=1", older, f"^{newer}", "--") == "0\n"

    def _tip(self, branch: str) -> str:
        ref = f"refs/heads/{branch}"
        if self._has_origin():
            where = "at origin"
            answer = self._git("ls-remote", "--", "origin", ref)
        else:
            where = "in the checkout"
            answer = self._git("for-each-ref", "--format=%(objectname)%09%(refname)", "--", ref)
        # Both take the ref for a pattern.
        lines = (line.split("\t") for line in answer.splitlines())
        tip = next((sha for sha, name in lines if name == ref), None)
        if tip is None:
            raise DeployError(
                "wrong-branch",
                f"There is no branch {branch} {where}.",
                "Set `branch` in the configuration to the one that is deployed.",
            )
        if not self._has(tip):
            raise DeployError(
                "github-failed",
                f"The checkout lacks {tip}, which is the tip of {branch} {where}.",
                "Run `git fetch origin` first.",
            )
        return tip

    def _has_origin(self) -> bool:
        return "origin" in self._git("remote").splitlines()

    def _has(self, commit: str) -> bool:
        if not SHA.fullmatch(commit):
            return False
        return bool(self._git("rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}", no=1))

    def _is_shallow(self) -> bool:
        return self._git("rev-parse", "--is-shallow-repository") == "true\n"

    def _distance(self, tip: str, commit: str) -> int | None:
        if not self._has(commit):
            return None
        counts = self._git("rev-list", "--left-right", "--count", f"{tip}...{commit}", "--")
        behind, ahead = map(int, counts.split())
        return behind if ahead == 0 else None

    def _places(self, tip: str, commit: str, files: Sequence[str]) -> Mapping[str, Place]:
        if commit == tip:
            return dict.fromkeys(files, "tip")
        if self._distance(tip, commit) is None:
            # Where a shallow clone ends, a commit of the branch looks like one of none.
            is_unknown = self._is_shallow() or not self._has(commit)
            return dict.fromkeys(files, "unknown" if is_unknown else "off-branch")
        here, there = self._blobs(commit, files), self._blobs(tip, files)
        return {file: _place(here.get(file), there.get(file)) for file in files}

    def _blobs(self, commit: str, files: Sequence[str]) -> Mapping[str, str]:
        """The object IDs of those of `files` that are files in the commit: no links, folders, submodules."""
        if not files:
            return {}
        answer = self._git("ls-tree", "-z", "--full-tree", commit, "--", *files)
        entries = (entry.split("\t", 1) for entry in answer.split("\0") if entry)
        return {file: entry.split()[2] for entry, file in entries if entry.startswith("100")}


def _place(here: str | None, there: str | None) -> Place:
    if here is None:
        return "untracked"
    return "same" if here == there else "moved"
