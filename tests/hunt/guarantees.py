"""The contract's guarantees, checked from outside with everything that AWS knows.

Each check has its own message. It does not use `next_step`: the expected knowledge of a run is derived from
the commits, the existing versions and their creators.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hunt.broken import BrokenError, hold
from tests.hunt.call import AT_AWS, Call
from tests.hunt.ends import Ends
from tests.hunt.facts import Facts
from tests.hunt.run import Run
from tests.hunt.writes import Writes

if TYPE_CHECKING:
    from tests.hunt.world import World


class Guarantees:
    """The events of the world. Each method raises BrokenError when a guarantee is broken."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.facts = Facts(world)
        self.ends = Ends(world, self.facts)
        self._writes = Writes(world, self.facts)
        self._broken: BrokenError | None = None
        self._checked: set[int] = set()

    def note_sent(self, run: Run, call: Call) -> None:
        """A thread of a run sends a request; a violation is raised after the step."""
        try:
            self._writes.check_sent(run, call)
        except BrokenError as error:
            self._broken = self._broken or error

    def perform(self, run: Run, call: Call) -> None:
        """A request takes effect; errors of AWS are raised too."""
        world = self._world
        call.done_at = world.moment
        if call.operation.startswith("es:"):
            call.live = self._live(run)
        if not call.is_write:
            call.answer = call.perform()
            return
        self._writes.check(run, call)
        run.writes.append((call.operation, call.about[1]))
        key = call.parameters.get("Key", "")
        before = world.objects.get(key)
        call.answer = call.perform()
        self._writes.check_stored(run, key, before, world.objects.get(key))
        if call.operation == "es:UpdatePackage":
            self.facts.note_version(world.packages.packages[call.parameters["PackageID"]], run)

    def note_answer(self, run: Run, call: Call, *, is_clear: bool) -> None:
        """The response to a request arrives, or is lost."""
        seen = run.seen
        if call.operation.startswith("lock:"):
            seen.lock_is_silent = not is_clear
        if call.operation in AT_AWS and not is_clear:
            seen.unclear[call.about] = self._world.moment
        if call.operation == "github:standing" and is_clear and call.error is None:
            seen.asked_at = call.done_at
        if call.operation == "es:DescribePackages" and call.error is None:
            run.note_packages(call.parameters, call.done_at)
        self._note_look(run, call)

    def _note_look(self, run: Run, call: Call) -> None:
        """A run that has read AWS knows the results of its writes; one that tried to read may give up."""
        looks = {
            "es:DescribePackages": {"es:UpdatePackage", "es:CreatePackage"},
            "es:ListDomainsForPackage": {"es:AssociatePackage"},
        }.get(call.operation, set())
        seen = run.seen
        for about in [about for about in seen.unclear if about[0] in looks]:
            if call.error is None:
                del seen.unclear[about]
            else:
                seen.unclear[about] = -1
        if call.operation.startswith("es:"):
            seen.live.append(call.live)

    def _live(self, run: Run) -> dict[str, bool]:
        is_live, package = self.facts.is_live, self._world.package
        return {
            each.file: (found := package(each.package)) is not None and is_live(found, each)
            for each in self._world.dictionaries(run.commit)
        }

    def check_step(self) -> None:
        """After every step: a version with a commit of ours has the bytes of its run."""
        if self._broken:
            raise self._broken
        world = self._world
        world.packages.settle()
        for package in world.packages.packages.values():
            self.facts.note_available(package)
            for version in package.versions:
                run = self.facts.makers.get(id(version))
                if run and version.sha256 and id(version) not in self._checked:
                    self._checked.add(id(version))
                    word = run.files[self.facts.dictionary(run, package.name).file]
                    expected = world.sha256(world.content(word))
                    is_ours = (package.name, version.message) not in self.facts.disturbed
                    is_right = version.sha256 == expected or not is_ours
                    hold("content", is_right, f"{version.name} of {package.name}")
