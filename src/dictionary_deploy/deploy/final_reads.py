"""Read data for the report alone. No write depends on it."""

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
    """The domains of the account and Region. A failed read only leaves the report incomplete."""

    domains: Domains
    calls: CallPool
    writes: bool
    """False in the modes that write nothing."""
    names: DomainNames | None = None
    engines: Mapping[str, str] = field(default_factory=dict)
    why_no_engines: str = ""
    """AWS's error, if the engine versions could not be read."""

    def complete(self, tasks: Sequence[DictionaryTask], reader: Reader) -> None:
        """Read the changed entries, the domains and, after a rollback, earlier objects, unless known."""
        for task in tasks:
            is_made = isinstance(task.step, Done) and task.step.outcome in {"updated", "created"}
            if task.observed.review is None and (is_made or self._must_show_effect(task)):
                reader.review(task)
            if is_made:
                reader.read_earlier_objects(task)
            has_domains = is_made or task.wanted.dictionary.domains != "none"
            if has_domains and task.package and task.observed.domains is None:
                reader.read_domains(task)

    def _must_show_effect(self, task: DictionaryTask) -> bool:
        """Return True if the last change of an unchanged dictionary must show whether indices use it."""
        wanted = task.wanted
        is_unchanged = isinstance(task.step, Done) and task.step.outcome == "unchanged"
        is_read = bool(wanted.dictionary.indices) and not wanted.is_plan
        return is_unchanged and is_read and (wanted.dictionary.apply != "none" or not self.writes)

    def read_domains(self, tasks: Sequence[DictionaryTask]) -> None:
        """Read all domain names if a configured one is not associated, and the engines of changed domains."""
        associated = {task.name: {each.domain for each in task.observed.domains or ()} for task in tasks}
        if any(
            isinstance(task.wanted.dictionary.domains, tuple)
            and not associated[task.name].issuperset(task.wanted.dictionary.domains)
            for task in tasks
        ):
            self._read_names()
        changed = sorted({name for task in tasks if _changes_domains(task) for name in associated[task.name]})
        if changed:
            self._read_engines(changed)

    def _read_names(self) -> None:
        def on_result(names: tuple[str, ...]) -> None:
            self.names = names

        def on_error(_: DeployError) -> None:
            self.names = "unknown"

        self.calls.start((), self.domains.names, on_result, on_error)

    def _read_engines(self, names: Sequence[str]) -> None:
        def on_result(engines: Mapping[str, str]) -> None:
            self.engines = engines

        def on_error(error: DeployError) -> None:
            self.why_no_engines = str(error)

        self.calls.start((), lambda: self.domains.engines(names), on_result, on_error)


def _changes_domains(task: DictionaryTask) -> bool:
    """Return True if the run changed the version on domains, or would."""
    if task.wanted.dictionary.domains == "none":
        return False
    if isinstance(task.step, Done):
        return task.step.outcome in {"updated", "created"} or bool(task.attempt.associated)
    return isinstance(task.step, Upload | Create | Update | Associate)
