"""Read what only the report needs; nothing that is written depends on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dictionary_deploy.decide import (
    Associate,
    Create,
    Done,
    Observed,
    Refuse,
    Step,
    Update,
    Upload,
    Write,
    next_step,
)
from dictionary_deploy.deploy.pool import CallPool
from dictionary_deploy.deploy.reads import Reader
from dictionary_deploy.deploy.task import DictionaryTask
from dictionary_deploy.errors import DeployError
from dictionary_deploy.model import DomainNames, Package
from dictionary_deploy.protocols import Domains

FRESH_SECONDS = 5.0
"""How old a look may be of which the report tells, when others were waited for since."""

NO_ANSWER = "AWS was asked once more and did not answer."


@dataclass(slots=True)
class FinalReads:
    """Looks once more at what was done long before other dictionaries were. Writes nothing."""

    reader: Reader
    observed: Callable[[DictionaryTask], Observed]
    writes: bool
    """Whether the run may write; otherwise a dictionary ends at the step that would."""
    _seen: list[tuple[DictionaryTask, Package]] = field(default_factory=list)
    """What the report would have told without it."""

    def begin(self, tasks: Sequence[DictionaryTask], busy_until: float) -> None:
        """Look at what was looked at long before `busy_until`, when the last wait or write was over.

        A dictionary that ended because the lock was lost is left out: what is live is the other run's to say.
        """
        self._seen = [
            (task, task.package)
            for task in tasks
            if task.package
            and not task.calls
            and busy_until - task.looked_at >= FRESH_SECONDS
            and not (isinstance(task.step, Refuse) and task.step.reason == "locked")
        ]
        for task, _ in self._seen:
            task.trouble = None
        if self._seen:
            self.reader.again([task for task, _ in self._seen])

    def end(self) -> None:
        """Take back what is no longer so, and what nobody knows any more."""
        for task, was in self._seen:
            if task.trouble or task.calls:
                task.domains = None
                task.why_no_domains = str(task.trouble or NO_ANSWER)
            if task.package is was and isinstance(task.step, Done | Refuse):
                doubt = f"Whether that is still so is not known. {task.why_no_domains}"
                task.step = replace(task.step, message=f"{task.step.message} {doubt}")
            elif task.step and task.package:
                now = next_step(task.wanted, self.observed(task), task.attempt)
                task.step = self._still_true(task.step, now, was.available, task.package.available)

    def _still_true(self, step: Step, now: Step, was: str, available: str) -> Step:
        """The step that tells what is the case: `step`, that of this moment (`now`), or why it is neither.

        `was` is the version that was available when `step` was decided, `available` the one that is.
        """
        is_end = isinstance(now, Done | Refuse) or (isinstance(now, Write) and not self.writes)
        if isinstance(now, Done) or (is_end and not isinstance(step, Refuse)):
            return now
        if available == was:
            return step
        came = f"{available or 'No version'} is available by now, in place of {was or 'none'}"
        if isinstance(step, Refuse):
            return replace(step, message=f"{step.message} {came}.")
        return Refuse(
            "update-failed",
            f"{came}: it came while this run went on with other dictionaries.",
            "Rerun: it looks at what is deployed and goes on from there.",
        )


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
