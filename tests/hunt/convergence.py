"""The guarantees at the end, when nothing fails any more."""

from __future__ import annotations

from dictionary_deploy.model import SHA, Result
from tests.hunt.broken import hold
from tests.hunt.ends import DONE
from tests.hunt.run import Run
from tests.hunt.world import World

MOST_RERUNS = 4
SETTLED = 130.0
"""Seconds after which a killed run's lease has expired and AWS has finished everything."""


class Convergence(World):
    """A world that can reach its final state."""

    def start(self, commit: str = "", mode: str = "deploy", **more: str) -> Run:
        """Start a run of a commit, by default the tip; `more` are further arguments of `Run`."""
        self.moment += 1
        made = self.repository.commits[commit] if commit else self.repository.tip
        run = Run(self, f"run{len(self.runs) + 1}", made, mode, **more)
        self.runs.append(run)
        self.tried["runs"] += 1
        return run

    def converge(self, living: str = "die") -> None:
        """Assert that without failures the tip's run deploys or reports why not, and a rerun writes nothing.

        A plan before it reports the same, and a check before and after reports the state correctly.
        """
        self.moment += 1
        for run in self.living:
            run.stalled_until = 0.0
            if living == "die":
                self.kill(run, lands=False)
        self.failures.clear()
        for run in self.living:
            self.finish(run)
        self.let(SETTLED)
        self._check()
        plan = self._ended("plan")
        runs = self._runs_in_time()
        first = runs[-1]
        if len(runs) == 1:
            self.guarantees.ends.check_plan(plan, first)
        self._check_converged(first)
        self._check_rerun(first)
        self._check()
        self.tried["converged"] += 1

    def _check_rerun(self, first: Run) -> None:
        before = self._state()
        again = self._runs_in_time()[-1]
        self.let(SETTLED)  # a copy that makes no version has an entry while it is under way
        writes = [write for write, _ in again.writes if write.startswith("es:")]
        is_told_once = self.switches.identical_content == "same-version"
        hold("rerun", not writes or is_told_once, f"a rerun writes {writes}: {again.voice.lines}")
        hold("rerun", self._state() == before, "a rerun changes what there is")
        hold(
            "rerun",
            [self._told(result.outcome) for result in first.results]
            == [self._told(result.outcome) for result in again.results],
            f"{first.results} {again.results}",
        )

    def _check(self) -> None:
        self.guarantees.ends.check_check(self._ended("check"))

    def _ended(self, mode: str) -> Run:
        run = self.start(mode=mode)
        self.finish(run)
        return run

    def _runs_in_time(self) -> list[Run]:
        """Run the tip, again after timeouts: each run picks up where the last one left off."""
        runs = []
        for _ in range(MOST_RERUNS):
            runs.append(self._ended("deploy"))
            if "timed-out" not in {result.reason for result in runs[-1].results}:
                return runs
        raise AssertionError(f"reruns come to no end: {runs[-1].voice.lines}")

    @staticmethod
    def _told(outcome: str) -> str:
        """Return the outcome of a rerun: domains that were behind no longer are."""
        return "unchanged" if outcome == "applied" else outcome

    def _state(self) -> list[tuple[str, ...]]:
        return [
            (package.name, version.name, version.message or "")
            for package in self.packages.packages.values()
            for version in package.versions
        ]

    def _check_converged(self, run: Run) -> None:
        hold("converges", run.failure is None, f"{run.failure!r} {run.voice.lines[-5:]}")
        for result in run.results:
            package, facts = self.package(result.dictionary.package), self.guarantees.facts
            story = facts.story(package) if package else "no package"
            told = f"{result.dictionary.file} {result.outcome} {result.reason} {result.message} {story}"
            hold("converges", self._is_explained(run, result), told)

    def _is_explained(self, run: Run, result: Result) -> bool:
        """Return True if the state of the world explains the outcome."""
        facts, dictionary = self.guarantees.facts, result.dictionary
        mine, package = run.files[dictionary.file], self.package(dictionary.package)
        if package and facts.is_blurred(package.available):
            return True
        if result.outcome == "invalid":
            return mine in self.bad or mine in self.few
        if result.outcome == "failed" or package is None:
            return self._may_fail(run, result)
        available = package.available
        is_by_commit = available is not None and SHA.fullmatch(available.message or "") is not None
        if result.outcome == "drifted":
            return not is_by_commit
        is_live = facts.is_live(package, dictionary)
        if result.outcome in DONE:
            is_mine = available is not None and available.sha256 == self.sha256(self.content(mine))
            return is_live and (is_mine or facts.may_merge_versions)
        rollback = facts.rollbacks().get(package.id)
        is_held = rollback is not None and facts.may_hold(run, dictionary, rollback)
        return is_held and (is_live or not is_by_commit)

    def _may_fail(self, run: Run, result: Result) -> bool:
        """Return True if the events explain a failure that no rerun fixes."""
        dictionary = result.dictionary
        match result.reason:
            case "owned-elsewhere":
                return self.guarantees.ends.is_foreign(dictionary.package)
            case "access-denied":
                return not self.switches.list_bucket
            case "content-mismatch":
                is_exchanged = (dictionary.package, run.commit.sha) in self.guarantees.facts.disturbed
                return dictionary.file in self.repository.untracked or is_exchanged
            case "package-not-found":
                return self.package(dictionary.package) is None and not dictionary.create
        return False
