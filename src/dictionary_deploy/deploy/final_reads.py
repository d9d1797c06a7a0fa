"""Read what only the report needs; nothing that is written depends on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dictionary_deploy.decide import Associate, Create, Done, Update, Upload
from dictionary_deploy.deploy.pool import CallPool
from dictionary_deploy.deploy.reads import Reader
from dictionary_deploy.deploy.task import DictionaryTask
from dictionary_deploy.errors import DeployError
from dictionary_deploy.model import DomainNames
from dictionary_deploy.protocols import Domains


@dataclass(slots=True)
class ReportReads:
    """The domains of the account and Region. An answer that does not come makes the report poorer."""

    domains: Domains
    calls: CallPool
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

    def at_results(self, tasks: Sequence[DictionaryTask], reader: Reader) -> None:
        """Look at the entries that changed, and at the domains of every package."""
        for task in tasks:
            is_made = isinstance(task.step, Done) and task.step.outcome in {"updated", "created"}
            if is_made and task.review is None:
                reader.at_content(task)
            is_told = is_made or task.wanted.dictionary.domains != "none"
            if is_told and task.package and task.domains is None:
                reader.at_domains(task)

    def at_domains(self, tasks: Sequence[DictionaryTask]) -> None:
        """Ask what the domains that were found, or were not, give cause to ask."""
        associated = {task.name: {each.domain for each in task.domains or ()} for task in tasks}
        if any(
            isinstance(task.wanted.dictionary.domains, tuple)
            and not associated[task.name].issuperset(task.wanted.dictionary.domains)
            for task in tasks
        ):
            self._ask_names()
        told = sorted({name for task in tasks if _is_news(task) for name in associated[task.name]})
        if told:
            self._ask_engines(told)

    def _ask_engines(self, names: Sequence[str]) -> None:
        def note(engines: Mapping[str, str]) -> None:
            self.engines = engines

        def miss(error: DeployError) -> None:
            self.why_no_engines = str(error)

        self.calls.start(lambda: self.domains.engines(names), note, miss)


def _is_news(task: DictionaryTask) -> bool:
    """Whether domains have, or would get, another version than before."""
    if task.wanted.dictionary.domains == "none":
        return False
    if isinstance(task.step, Done):
        return task.step.outcome in {"updated", "created"} or bool(task.attempt.associated)
    return isinstance(task.step, Upload | Create | Update | Associate)
