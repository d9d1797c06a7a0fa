"""What can happen in the world, each by a name that a scenario can say."""

from __future__ import annotations

from dictionary_deploy.model import SHA
from sandbox.aws.errors import ServiceError
from tests.hunt.broken import hold
from tests.hunt.clients import Stored
from tests.hunt.commits import Commit
from tests.hunt.guarantees import DONE
from tests.hunt.run import BUCKET, PREFIX, Run
from tests.hunt.world import FILES, PACKAGES, World, content

MOST_RERUNS = 4
MOST_CALLS = 20
"""So many calls may come to an end before a process stands still."""
SETTLED = 130.0
"""Seconds after which a dead run's lease is over, and AWS is done with everything."""


class Actions(World):
    """A world, and what is done in it. Names of dictionaries are short: `synonyms`, `stopwords`."""

    def begin(self, stopwords: str = "no") -> None:
        """The first commit; the synonyms' package was made by hand, the stopwords' may be, too."""
        self.repository.commit(
            self.moment, **{FILES["synonyms"]: "a", FILES["stopwords"]: "a", FILES["config"]: "named"}
        )
        for name in ("synonyms", *(["stopwords"] if stopwords == "by-hand" else [])):
            package = PACKAGES[FILES[name]]
            source = self._put(package, "by-hand", "a")
            self.packages.create_package({"PackageName": package, "PackageType": "TXT-DICTIONARY", **source})
        self.let(60)
        self.associate("synonyms", "eu")
        self.let(60)

    # ------------------------------------------------------------ git

    def merge(self, **files: str) -> Commit:
        """A commit on the branch; without files it touches no dictionary."""
        self.moment += 1
        return self.repository.commit(self.moment, **{FILES[name]: word for name, word in files.items()})

    def force(self, to: str) -> None:
        self.moment += 1
        self.repository.force(self.moment, to)

    # ------------------------------------------------------------ runs

    def start(self, commit: str = "", mode: str = "deploy") -> Run:
        """A run of a commit, the tip's when none is named."""
        self.moment += 1
        made = self.repository.commits[commit] if commit else self.repository.tip
        run = Run(self, f"run{len(self.runs) + 1}", made, mode)
        self.runs.append(run)
        self.tried["runs"] += 1
        return run

    def go(self, run: str, pick: str = "0", fate: str = "ok") -> None:
        """One thing happens in a run."""
        found = self._run(run)
        if not found.is_over:
            self.step(found, int(pick), fate)

    def ends(self, run: str) -> None:
        self.finish(self._run(run))

    def dies(self, run: str, lands: str = "no") -> None:
        """SIGKILL; with `lands` what it has sent still takes effect."""
        self.moment += 1
        found = self._run(run)
        if not found.is_over:
            self.tried["kills"] += 1
            self.kill(found, lands=lands == "yes")

    def interrupt(self, run: str) -> None:
        """SIGTERM."""
        found = self._run(run)
        found.interruption.set("SIGTERM")
        if found.wakes_at is not None:
            found.wakes_at = self.now
        self.tried["interruptions"] += 1

    def stall(self, run: str, seconds: str) -> None:
        """Its process stands still for a while, with nothing on its way."""
        found = self._run(run)
        for _ in range(MOST_CALLS):
            if found.calls and not found.is_over:
                self.step(found)
        if not found.calls:
            found.stalled_until = self.now + float(seconds)
            self.tried["stalls"] += 1

    def wait(self, seconds: str) -> None:
        self.moment += 1
        self.let(float(seconds))

    # ------------------------------------------------------------ other people, and AWS

    def edit(self, package: str, message: str, word: str = "z") -> None:
        """Somebody makes a version in the console."""
        self._outside(package, message, self._put(PACKAGES[FILES[package]], f"console-{word}", word))

    def deploy_elsewhere(self, package: str) -> None:
        """Another repository deploys the package."""
        sha = "f" * 40
        source = self._put(PACKAGES[FILES[package]], sha, "foreign", **{"repository-id": "2"})
        self._outside(package, sha, source)

    def _outside(self, package: str, message: str, source: dict[str, object]) -> None:
        self.moment += 1
        found = self.package(PACKAGES[FILES[package]])
        if found is None:
            return
        self.guarantees.touch(found.name)
        text = {"CommitMessage": message} if message else {}
        try:
            self.packages.update_package({"PackageID": found.id, **source, **text})
        except ServiceError:
            return
        self.guarantees.note_version(found, None)
        self.tried["versions by hand"] += 1

    def associate(self, package: str, domain: str, how: str = "associate") -> None:
        """Somebody associates the package with a domain by hand, or dissociates it."""
        self.moment += 1
        found = self.package(PACKAGES[FILES[package]])
        if found is None:
            return
        self.guarantees.touch(found.name)
        act = self.packages.associate_package if how == "associate" else self.packages.dissociate_package
        try:
            act({"PackageID": found.id, "DomainName": domain})
        except ServiceError:
            return
        self.tried["associations by hand"] += 1

    def lose(self, package: str, commit: str) -> None:
        """A lifecycle rule removes a commit's object."""
        self.moment += 1
        name = PACKAGES[FILES[package]]
        if self.objects.pop(f"{PREFIX}/{name}/{self.repository.commits[commit].sha}.txt", None):
            self.tried["lost objects"] += 1
            self.guarantees.touch(name)

    def fail_copy(self, package: str, status: str = "COPY_FAILED") -> None:
        self.failures.fail_copy(PACKAGES[FILES[package]], status=status)  # type: ignore[arg-type]

    def fail_association(self, domain: str) -> None:
        self.failures.fail_association(domain=domain)

    def change_domain(self, domain: str, seconds: str = "30") -> None:
        self.failures.change_domain(domain, seconds=float(seconds))

    # ------------------------------------------------------------ the end

    def converge(self, living: str = "die") -> None:
        """With everything mended, the tip's run ends deployed or says why not, and a rerun writes nothing."""
        self.moment += 1
        for run in self.living:
            run.stalled_until = 0.0
            if living == "die":
                self.kill(run, lands=False)
        self.failures.clear()
        for run in self.living:
            self.finish(run)
        self.let(SETTLED)
        if any(self.file(self.repository.tip, FILES[name]) is None for name in ("synonyms", "stopwords")):
            return
        first = self._run_in_time()
        self._check_converged(first)
        before = self._state()
        again = self._run_in_time()
        self.let(SETTLED)  # a copy that makes no version has an entry while it is under way
        writes = [write for write in again.writes if write != "s3:PutObject"]
        is_told_once = self.switches.identical_content == "same-version"
        hold("rerun", not writes or is_told_once, f"a rerun writes {writes}: {again.voice.lines}")
        hold("rerun", self._state() == before, "a rerun changes what there is")
        hold(
            "rerun",
            [self._told(result.outcome) for result in first.results]
            == [self._told(result.outcome) for result in again.results],
            f"{first.results} {again.results}",
        )
        self.tried["converged"] += 1

    def _run_in_time(self) -> Run:
        """A run of the tip, again when its time was not enough: each goes on from where the last one was."""
        for _ in range(MOST_RERUNS):
            run = self.start()
            self.finish(run)
            if "timed-out" not in {result.reason for result in run.results}:
                return run
        raise AssertionError(f"reruns come to no end: {run.voice.lines}")

    @staticmethod
    def _told(outcome: str) -> str:
        """The outcome of a rerun: domains that were behind are not behind any more."""
        return "unchanged" if outcome == "applied" else outcome

    def _state(self) -> list[tuple[str, ...]]:
        return [
            (package.name, version.name, version.message or "")
            for package in self.packages.packages.values()
            for version in package.versions
        ]

    def _check_converged(self, run: Run) -> None:
        hold("converges", run.failure is None, f"{run.failure!r} {run.voice.lines[-5:]}")
        tip = self.repository.tip
        for result in run.results:
            package = self.package(result.dictionary.package)
            file, mine = result.dictionary.file, tip.files[result.dictionary.file]
            story = package and self.guarantees.story(package)
            told = f"{file} {result.outcome} {result.reason} {result.message} {story}"
            available = package.available if package else None
            if result.outcome in DONE:
                if self.switches.identical_content != "same-version":
                    hold("converges", available and available.sha256 == self.sha256(content(mine)), told)
                assert package
                hold(
                    "converges",
                    result.dictionary.domains == "none"
                    or self.guarantees.is_live(package, result.dictionary),
                    told,
                )
            elif result.outcome == "drifted":
                hold("converges", available and not SHA.fullmatch(available.message or ""), told)
            elif result.outcome in {"held", "superseded"}:
                assert package
                hold("converges", self.guarantees.looks_rolled_back(package, tip), told)
                by_commit = available and SHA.fullmatch(available.message or "")
                hold(
                    "converges",
                    not by_commit
                    or result.dictionary.domains == "none"
                    or self.guarantees.is_live(package, result.dictionary),
                    told,
                )
            elif result.outcome == "invalid":
                hold("converges", mine in {"empty", "a", "b", "c"}, told)
            else:
                hold("converges", self._may_fail(result.reason, result.dictionary.package), told)

    def _may_fail(self, reason: str, package: str) -> bool:
        """Whether what happened explains a failure that no rerun mends."""
        if reason == "owned-elsewhere":
            return any("f" * 40 in key and package in key for key in self.objects)
        return reason == "access-denied" and not self.switches.list_bucket

    # ------------------------------------------------------------

    def _put(self, package: str, name: str, word: str, **metadata: str) -> dict[str, object]:
        key = f"{PREFIX}/{package}/{name}.txt"
        self.objects[key] = Stored(content(word), name, metadata, float(int(self.now)))
        return {"PackageSource": {"S3BucketName": BUCKET, "S3Key": key}}

    def _run(self, name: str) -> Run:
        return next(run for run in self.runs if run.name == name)

    def close(self) -> None:
        """End every thread."""
        for run in self.living:
            run.kill()
