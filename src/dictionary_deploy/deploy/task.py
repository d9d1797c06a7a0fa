"""One dictionary's way through a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dictionary_deploy.decide import (
    MOST_STEPS_BACK,
    Attempt,
    Done,
    History,
    Observed,
    Refuse,
    Review,
    Step,
    Wanted,
    read_history,
)
from dictionary_deploy.errors import DeployError, Explanation
from dictionary_deploy.model import (
    DomainNames,
    DomainPackage,
    Package,
    Standing,
    StoredObject,
    Succession,
    Version,
)
from dictionary_deploy.protocols import Source


@dataclass(slots=True)
class DictionaryTask:
    """What the main thread knows of one dictionary. Only the main thread touches it."""

    wanted: Wanted
    source: Source
    attempt: Attempt
    package: Package | None = None
    versions: tuple[Version, ...] = ()
    objects: dict[str, StoredObject | None] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    """The names of the packages there are, when this one is not among them."""
    domains: tuple[DomainPackage, ...] | None = None
    why_no_domains: str = ""
    """What AWS said instead."""
    commits: set[str] = field(default_factory=set)
    """Further commits whose place on the branch was asked for."""
    order: dict[tuple[str, str], bool] = field(default_factory=dict)
    """Whether the second commit has the first in its past."""
    review: Review | None = None
    step: Step | None = None
    """The last step that `next_step` gave."""
    is_over: bool = False
    calls: int = 0
    """How many calls for it are under way."""
    failures: int = 0
    """How many looks in a row got no answer."""
    refusals: int = 0
    """How many writes in a row were refused, or got no answer, while the package was settled."""
    sleeps_until: float | None = None
    """When it is worth another look, None while it does not wait."""
    waits_since: float | None = None
    """When this wait began, None after a step that wrote something."""
    waits_for: str = ""
    said: str = ""
    """What the log last told that it waits for."""
    said_at: float = 0.0

    @property
    def name(self) -> str:
        """The dictionary's file, by which the log tells the tasks apart."""
        return self.wanted.dictionary.file

    @property
    def package_name(self) -> str:
        """The package's name; configured by ID it is known only once AWS was asked."""
        return self.package.name if self.package else self.wanted.dictionary.package

    @property
    def history(self) -> History | None:
        """What the history says of this commit, None while there is no package."""
        return read_history(self.package, self.versions, self.wanted.commit) if self.package else None

    @property
    def asked(self) -> set[str]:
        """The commits whose place on the branch matters: the deployed one and those before it.

        All in one question, so that every dictionary goes by one and the same answer.
        """
        history = self.history
        usual = {history.base, *history.left[:MOST_STEPS_BACK]} if history else set()
        return (usual | self.commits) - {""}

    @property
    def successions(self) -> set[Succession]:
        """The commits deployed before the deployed one: somebody may have rolled back from them."""
        history = self.history
        if history is None:
            return set()
        deployed_at = {each.commit: each.created_at for each in reversed(self.versions)}
        return {
            Succession(left, history.base, deployed_at[left])
            for left in history.left[:MOST_STEPS_BACK]
            if left != history.base
        }

    @property
    def newest(self) -> int:
        """The highest version number in the history, 0 without one."""
        return self.versions[-1].number if self.versions else 0

    def observed(self, now: float, standing: Standing | None, domain_names: DomainNames | None) -> Observed:
        """What was seen so far, `now` in the clock's seconds."""
        return Observed(
            now=now,
            package=self.package,
            versions=self.versions,
            objects=self.objects,
            domains=self.domains,
            domain_names=domain_names,
            others=self.others,
            standing=standing,
            order=self.order,
            review=self.review,
        )

    def may_have_written(self, now: float) -> bool:
        """Whether a version that got no clear answer may still come: it does not show, and is not overdue."""
        sent = self.attempt.updated or self.attempt.created
        if sent is None or sent.answered or sent.is_overdue(now):
            return False
        return self.history is None or (self.attempt.updated is not None and not self.history.is_deployed)

    def end(self, step: Done | Refuse) -> None:
        """There is nothing more to do for it; what comes after that changes nothing."""
        if not self.is_over:
            self.step, self.is_over = step, True

    def refuse(self, error: DeployError) -> None:
        """End it with the error's explanation."""
        self.end(Refuse.of(error))

    def lose_package(self, was: Package) -> None:
        """Somebody deleted it: whatever this came to, it is no longer so."""
        self.package = self.domains = None
        self.end(
            Refuse(
                "package-not-found",
                f"The package {was.name} ({was.id}) is gone.",
                "Somebody deleted it during the run. Create it again, or set `create: true`.",
            )
        )

    def lose_domains(self, lost: Mapping[str, Explanation]) -> None:
        """Leave these domains alone for the rest of the run; the values say why."""
        self.attempt = replace(self.attempt, lost_domains={**self.attempt.lost_domains, **lost})
