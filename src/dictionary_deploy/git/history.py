"""Find where a commit is on its branch with git, outside of GitHub."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from dictionary_deploy.clock import GIT_SECONDS
from dictionary_deploy.errors import DeployError
from dictionary_deploy.git.command import Git
from dictionary_deploy.model import SHA, Place, Standing


class GitHistory:
    """The history of the checkout whose root is `workspace`.

    Every method raises DeployError (`github-failed`) if git is missing, fails, or takes longer than
    `timeout_seconds`. Only requests to the remote take noticeable time.
    """

    def __init__(
        self, workspace: Path, environ: Mapping[str, str] = os.environ, timeout_seconds: float = GIT_SECONDS
    ) -> None:
        self._git = Git(workspace, environ, timeout_seconds)

    def default_branch(self) -> str | None:
        """Return the default branch of `origin`; None if it has none, or there is no `origin`."""
        if not self._has_origin():
            return None
        output = self._git("ls-remote", "--symref", "--", "origin", "HEAD")
        found = re.match(r"ref: refs/heads/(.+)\tHEAD\n", output)
        return found[1] if found else None

    def origin(self) -> str:
        """Return the URL of `origin`; empty without one."""
        return self._git("remote", "get-url", "origin").rstrip("\n") if self._has_origin() else ""

    def base(self, branch: str, commit: str) -> str:
        """Return the last commit of the branch that the commit includes; it is the commit itself if merged.

        Empty without one, and if the checkout lacks the branch's tip. Raises DeployError (`wrong-branch`) if
        the branch does not exist.
        """
        tip, _ = self._find_tip(branch)
        return self._git("merge-base", tip, commit, no=1).rstrip("\n") if self._has(tip) else ""

    def reach(self, branch: str, commit: str) -> str:
        """Return the tip of `branch`. Raises DeployError unless it is `commit` or after it.

        The reason is `wrong-branch` if the commit is not on the branch. The tip is the same as in `standing`.
        """
        tip = self._tip(branch)
        if self._distance(tip, commit) is not None:
            return tip
        if self._is_shallow():
            raise DeployError(
                "github-failed",
                f"The clone is shallow: it is unknown whether commit {commit} is on the branch {branch}.",
                "Run `git fetch --unshallow`.",
            )
        raise DeployError(
            "wrong-branch",
            f"Commit {commit} is not on the branch {branch}, whose tip is {tip}. Nothing was written.",
            "Merge it first. If another branch is to be deployed, set `--branch`.",
        )

    def read(self, commit: str, file: str) -> bytes | None:
        """Return the bytes of a regular file at a commit; None if git does not track it there."""
        blob = self._blobs(commit, [file]).get(file)
        return self._git("cat-file", "blob", blob).encode("utf-8", "surrogateescape") if blob else None

    def committed_at(self, commit: str) -> float:
        """Return the commit's committer date in seconds since 1970."""
        return float(self._git("log", "--max-count=1", "--format=%ct", commit, "--"))

    def standing(self, branch: str, commit: str, files: Sequence[str], others: Sequence[str]) -> Standing:
        """Return where `commit`, its `files` and `others` are relative to the tip of `branch`.

        The tip is that of `origin`; without an `origin`, that of the local branch. A link counts as
        untracked: its object in git stays the same when its target changes. Raises DeployError
        (`wrong-branch`) if the branch does not exist.
        """
        tip = self._tip(branch)
        missing = [other for other in others if not self._has(other)]
        if missing and self._is_shallow():
            raise DeployError(
                "github-failed",
                f"The clone is shallow and lacks {', '.join(missing)}, so the order of commits is unknown.",
                "Run `git fetch --unshallow`.",
            )
        here, there = ({**dict.fromkeys(files, ""), **self._blobs(each, files)} for each in (commit, tip))
        return Standing(
            tip=tip,
            files=self._places(tip, commit, here, there),
            distances={other: self._distance(tip, other) for other in others},
            blobs=there,
            own_blobs=here,
        )

    def has(self, older: str, newer: str) -> bool:
        """Return True if `older` is an ancestor of `newer`."""
        return self._git("rev-list", "--count", "--max-count=1", older, f"^{newer}", "--") == "0\n"

    def _tip(self, branch: str) -> str:
        tip, where = self._find_tip(branch)
        if not self._has(tip):
            raise DeployError(
                "github-failed",
                f"The checkout lacks commit {tip}, the tip of {branch} {where}.",
                "Run `git fetch origin`.",
            )
        return tip

    def _find_tip(self, branch: str) -> tuple[str, str]:
        """Return the tip of the branch, which may be missing in the checkout, and where the branch is."""
        ref = f"refs/heads/{branch}"
        if self._has_origin():
            where = "at origin"
            output = self._git("ls-remote", "--", "origin", ref)
        else:
            where = "in the checkout"
            output = self._git("for-each-ref", "--format=%(objectname)%09%(refname)", "--", ref)
        # Both commands parse the ref as a pattern.
        lines = (line.split("\t") for line in output.splitlines())
        tip = next((sha for sha, name in lines if name == ref), None)
        if tip is None:
            raise DeployError(
                "wrong-branch",
                f"Branch {branch} not found {where}.",
                "Set `--branch` to the branch that is deployed.",
            )
        return tip, where

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

    def _places(
        self, tip: str, commit: str, here: Mapping[str, str], there: Mapping[str, str]
    ) -> Mapping[str, Place]:
        """Return the places of the files, by their blobs at the commit and at the tip."""
        if commit == tip:
            return dict.fromkeys(here, "tip")
        if self._distance(tip, commit) is None:
            # At the end of a shallow clone, a commit of the branch looks unrelated.
            is_unknown = self._is_shallow() or not self._has(commit)
            return dict.fromkeys(here, "unknown" if is_unknown else "off-branch")
        return {file: _place(blob, there[file]) for file, blob in here.items()}

    def _blobs(self, commit: str, files: Sequence[str]) -> Mapping[str, str]:
        """Return the object IDs of the regular files among `files`: no links, folders or submodules."""
        if not files or not self._has(commit):
            return {}
        output = self._git("ls-tree", "-z", "--full-tree", commit, "--", *files)
        entries = (entry.split("\t", 1) for entry in output.split("\0") if entry)
        return {file: entry.split()[2] for entry, file in entries if entry.startswith("100")}


def _place(here: str, there: str) -> Place:
    if not here:
        return "untracked"
    return "same" if here == there else "moved"
