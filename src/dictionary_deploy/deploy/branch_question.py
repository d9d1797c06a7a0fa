"""Asking where the commit, its files and deployed commits stand on the branch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dictionary_deploy.deploy.calls import Calls
from dictionary_deploy.deploy.track import Track
from dictionary_deploy.errors import DeployError
from dictionary_deploy.model import Standing
from dictionary_deploy.ports import Branch


@dataclass(slots=True)
class BranchQuestion:
    """One question for all dictionaries, and its answer. Without one, those that need it are refused."""

    branch: Branch
    tracks: Sequence[Track]
    calls: Calls
    standing: Standing | None = None
    _trouble: DeployError | None = None
    _is_asked: bool = False

    def ask(self, asker: Track) -> None:
        """Ask, once no history that belongs in the question is still being read."""
        if self._trouble:
            asker.refuse(self._trouble)
        if self._is_asked or self._trouble or any(track.calls for track in self.tracks if not track.is_over):
            return
        self._is_asked = True
        files = {
            file for track in self.tracks for file in (track.wanted.dictionary.file, track.wanted.config)
        }
        others = {commit for track in self.tracks for commit in track.asked}
        successions = {each for track in self.tracks for each in track.successions}

        def note(standing: Standing) -> None:
            self.standing, self._is_asked = standing, False

        def fail(error: DeployError) -> None:
            self._trouble, self._is_asked = error, False

        self.calls.start(lambda: self.branch(sorted(files), sorted(others), sorted(successions)), note, fail)
