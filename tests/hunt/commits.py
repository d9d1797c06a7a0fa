"""The repository: commits with their files, and a branch that is merged to and forced about.

A commit may be made beside the branch and merged later, as pull requests are: then it is on the branch,
and neither older nor newer than what was merged meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dictionary_deploy.model import Place, Standing, Succession

NEAR = 3
"""Commits between two up to which a question about the branch tells their order, too."""


@dataclass(frozen=True)
class Commit:
    """What a commit says: the content of each file, by a word that stands for it."""

    name: str
    files: Mapping[str, str]
    past: frozenset[str]
    """The names of all commits up to and with this one."""

    @property
    def sha(self) -> str:
        return hashlib.sha1(self.name.encode(), usedforsecurity=False).hexdigest()


@dataclass
class Repository:
    """All commits there ever were, and where the branch was when."""

    untracked: frozenset[str]
    """Files that git does not have: an earlier step of the workflow builds them."""
    commits: dict[str, Commit] = field(default_factory=dict)
    tips: list[tuple[int, Commit]] = field(default_factory=list)
    """The branch's tips, each with the number of the moment when it became the tip."""

    @property
    def tip(self) -> Commit:
        return self.tips[-1][1]

    def commit(self, moment: int, **files: str) -> Commit:
        """A commit on the branch that changes these files."""
        parents = [self.tip] if self.tips else []
        return self._at_tip(moment, self._make(parents, files))

    def commit_beside(self, parent: Commit, **files: str) -> Commit:
        """A commit on top of another, on no branch as yet."""
        return self._make([parent], files)

    def merge(self, moment: int, side: Commit, **files: str) -> Commit:
        """A merge commit on the branch: the tip's files with these changes."""
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
        """Move the branch to a commit, wherever that is."""
        return self._at_tip(moment, self.commits[name])

    def by_sha(self, sha: str) -> Commit | None:
        return next((each for each in self.commits.values() if each.sha == sha), None)

    def tips_since(self, moment: int) -> list[Commit]:
        """The tip at a moment, and those that came after it."""
        before = [tip for at, tip in self.tips if at <= moment]
        return before[-1:] + [tip for at, tip in self.tips if at > moment]

    def standing(
        self, commit: Commit, files: Sequence[str], others: Sequence[str], successions: Sequence[Succession]
    ) -> Standing:
        """As GitHub answers now; of successions it knows those with few commits between the two."""
        tip = self.tip
        distances = {sha: self.distance(tip, self.by_sha(sha)) for sha in (commit.sha, *others)}
        places = {file: self._place(commit, file) for file in files}
        known = filter(self._is_near, successions)
        return Standing(tip.sha, places, distances, frozenset((each.earlier, each.later) for each in known))

    def _is_near(self, succession: Succession) -> bool:
        earlier, later = self.by_sha(succession.earlier), self.by_sha(succession.later)
        if earlier is None or later is None or earlier.name not in later.past:
            return False
        return len(later.past - earlier.past) <= NEAR

    @staticmethod
    def distance(tip: Commit, commit: Commit | None) -> int | None:
        """How many of the commits up to `tip` it lacks; None when it is not among them."""
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
