"""What is asked of all domains at once, and what only the report needs: nothing depends on the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dictionary_deploy.deploy.calls import Calls
from dictionary_deploy.deploy.look import Looker
from dictionary_deploy.deploy.track import Track
from dictionary_deploy.errors import DeployError
from dictionary_deploy.model import DomainNames
from dictionary_deploy.next_step import Associate, Create, Done, Update, Upload
from dictionary_deploy.ports import Domains


@dataclass(slots=True)
class Survey:
    """The domains of the account and Region. An answer that does not come makes the report poorer."""

    domains: Domains
    calls: Calls
    names: DomainNames | None = None
    engines: Mapping[str, str] = field(default_factory=dict)
    why_no_engines: str = ""
    """What AWS said instead of the engine versions."""

    def _ask_names(self) -> None:
        def note(names: tuple[str, ...]) -> None:
            self.names = names

        def miss(_: DeployError) -> None:
            self.names = "unknown"

        self.calls.start(self.domains.names, note, miss)

    def at_results(self, tracks: Sequence[Track], looker: Looker) -> None:
        """Look at the entries that changed, and at the domains of every package."""
        for track in tracks:
            is_made = isinstance(track.step, Done) and track.step.outcome in {"updated", "created"}
            if is_made and track.review is None:
                looker.at_content(track)
            is_told = is_made or track.wanted.dictionary.domains != "none"
            if is_told and track.package and track.domains is None:
                looker.at_domains(track)

    def at_domains(self, tracks: Sequence[Track]) -> None:
        """Ask what the domains that were found, or were not, give cause to ask."""
        associated = {track.name: {each.domain for each in track.domains or ()} for track in tracks}
        if any(
            isinstance(track.wanted.dictionary.domains, tuple)
            and not associated[track.name].issuperset(track.wanted.dictionary.domains)
            for track in tracks
        ):
            self._ask_names()
        told = sorted({name for track in tracks if _is_news(track) for name in associated[track.name]})
        if told:
            self._ask_engines(told)

    def _ask_engines(self, names: Sequence[str]) -> None:
        def note(engines: Mapping[str, str]) -> None:
            self.engines = engines

        def miss(error: DeployError) -> None:
            self.why_no_engines = str(error)

        self.calls.start(lambda: self.domains.engines(names), note, miss)


def _is_news(track: Track) -> bool:
    """Whether domains have, or would get, another version than before."""
    if track.wanted.dictionary.domains == "none":
        return False
    if isinstance(track.step, Done):
        return track.step.outcome in {"updated", "created"} or bool(track.attempt.associated)
    return isinstance(track.step, Upload | Create | Update | Associate)
