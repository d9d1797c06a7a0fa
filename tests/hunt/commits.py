"""The repository: commits with their files, and a branch with merges and forced pushes.

A commit may be created off the branch and merged later, like pull requests: then it is on the branch, and
neither older nor newer than commits that were merged in between.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dictionary_deploy.model import Place, Standing


@dataclass(frozen=True)
class Commit:
    """A commit: the content of each file, named by a word."""

    name: str
    files: Mapping[str, str]
    past: frozenset[str]
    """The names of this commit and all its ancestors."""

    @property
    def sha(self) -> str:
        return hashlib.sha1(self.name.encode(), usedforsecurity=False).hexdigest()


@dataclass
class Repository:
    """All commits ever made, and the history of the branch."""

    untracked: frozenset[str]
    """Untracked files: an earlier step of the workflow builds them."""
    commits: dict[str, Commit] = field(default_factory=dict)
    tips: list[tuple[int, Commit]] = field(default_factory=list)
    """The branch's tips, each with the number of the moment when it became the tip."""

    @property
    def tip(self) -> Commit:
        return self.tips[-1][1]

    def commit(self, moment: int, **files: str) -> Commit:
        """Commit changes of these files on the branch."""
        parents = [self.tip] if self.tips else []
        return self._at_tip(moment, self._make(parents, files))

    def commit_beside(self, parent: Commit, **files: str) -> Commit:
        """Commit on top of another commit, not yet on any branch."""
        return self._make([parent], files)

    def merge(self, moment: int, side: Commit, **files: str) -> Commit:
        """Merge into the branch: the tip's files with these changes."""
        return self._at_tip(moment, self._make([self.tip, side], files))

    def _make(self, parents: Sequence[Commit], files: Mapping[str, str]) -> Commit:
        name = f"c{len(self.commits) + 1}"
        before = parents[0].files if parents else {}
        past = frozenset({name}).union(*(parent.past for parent in parents))
        made = self.commits[name] = Commit(name, {**before, **files}, past)
        return made

    def _at_tip(self, moment: int, commit: Commit) -> Commit:
        self.tips.append((moment, commit))
        return commit

    def force(self, moment: int, name: str) -> Commit:
        """Move the branch to any commit."""
        return self._at_tip(moment, self.commits[name])

    def by_sha(self, sha: str) -> Commit | None:
        return next((each for each in self.commits.values() if each.sha == sha), None)

    def tips_since(self, moment: int) -> list[Commit]:
        """Return the tip at a moment, and all later ones."""
        before = [tip for at, tip in self.tips if at <= moment]
        return before[-1:] + [tip for at, tip in self.tips if at > moment]

    def standing(self, commit: Commit, files: Sequence[str], others: Sequence[str]) -> Standing:
        """Return GitHub's current response."""
        tip = self.tip
        distances = {sha: self.distance(tip, self.by_sha(sha)) for sha in (commit.sha, *others)}
        places = {file: self._place(commit, file) for file in files}
        blobs = [{file: self.blob(each, file) for file in files} for each in (tip, commit)]
        return Standing(tip.sha, places, distances, *blobs)

    def blob(self, commit: Commit, file: str) -> str:
        """Git's blob ID of the file; empty if the file is untracked."""
        return "" if file in self.untracked else f"blob of {commit.files[file]}"

    @staticmethod
    def distance(tip: Commit, commit: Commit | None) -> int | None:
        """Return the number of commits up to `tip` that it lacks; None if it is not among them."""
        if commit is None or commit.name not in tip.past:
            return None
        return len(tip.past - commit.past)

    def _place(self, commit: Commit, file: str) -> Place:
        if commit == self.tip:
            return "tip"
        if commit.name not in self.tip.past:
            return "off-branch"
        if file in self.untracked:
            return "untracked"
        return "same" if commit.files[file] == self.tip.files[file] else "moved"
