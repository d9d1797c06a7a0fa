"""The events of the world, each by a name for scenarios."""

from __future__ import annotations

from dataclasses import replace

from sandbox.aws.errors import ServiceError
from tests.hunt.clients import Stored
from tests.hunt.commits import Commit
from tests.hunt.convergence import Convergence
from tests.hunt.facts import HOLDS
from tests.hunt.run import BUCKET, PAUSE_SECONDS, PREFIX, Run
from tests.hunt.world import FILES, MOST_STEPS, PACKAGES

STALLS = {"naps": 40.0, "sleeps": 70.0}
"""Seconds after which a lease has nearly expired, and after which it has."""
MOST_CALLS = 20
"""Largest number of calls that may end before a process is suspended."""


class Actions(Convergence):
    """A world and its events. Names of dictionaries are short: `synonyms`, `stopwords`."""

    def begin(self, stopwords: str = "no") -> None:
        """The first commit; the synonyms' package was created by hand, the stopwords' may be, too."""
        self.repository.commit(
            self.moment, **{FILES["synonyms"]: "a", FILES["stopwords"]: "a", FILES["config"]: "named"}
        )
        if not self.switches.list_bucket:  # else the first read of a missing object is denied
            self.objects[HOLDS] = Stored(b'{"form": 1, "rollbacks": {}}', "empty", {}, float(int(self.now)))
        for name in ("synonyms", *(["stopwords"] if stopwords == "by-hand" else [])):
            self.make(name)
        self.let(60)
        self.associate("synonyms", "eu")
        self.let(60)

    # ------------------------------------------------------------ git

    def merge(self, **files: str) -> Commit:
        """Commit on the branch; without files it touches no dictionary."""
        self.moment += 1
        return self.repository.commit(self.moment, **{FILES[name]: word for name, word in files.items()})

    def branch_off(self, parent: str, **files: str) -> Commit:
        """Commit off the branch, on top of another."""
        changed = {FILES[name]: word for name, word in files.items()}
        return self.repository.commit_beside(self.repository.commits[parent], **changed)

    def merge_side(self, side: str, **files: str) -> Commit:
        """Merge: the tip's files with these changes."""
        self.moment += 1
        changed = {FILES[name]: word for name, word in files.items()}
        return self.repository.merge(self.moment, self.repository.commits[side], **changed)

    def force(self, to: str) -> None:
        self.moment += 1
        self.repository.force(self.moment, to)

    # ------------------------------------------------------------ runs

    def go(self, run: str, pick: str = "0", fate: str = "ok") -> None:
        """Do one step of a run."""
        found = self._run(run)
        if not found.is_over:
            self.step(found, int(pick), fate)

    def ends(self, run: str) -> None:
        self.finish(self._run(run))

    def meets(self, run: str, call: str, fate: str) -> None:
        """Continue a run until it sends such a request, and apply the fate to that; or until the run ends."""
        found = self._run(run)
        for _ in range(MOST_STEPS):
            if found.is_over:
                return
            if sent := [each for each in found.calls if each.operation == call]:
                break
            self.step(found)
        else:
            return
        if fate in {"killed", "lands"}:
            self.dies(run, lands="yes" if fate == "lands" else "no")
        elif fate == "signal":
            self.interrupt(run)
            self.advance(found, sent[0], "slow")
        elif fate == "late-signal":
            self.advance(found, sent[0], "late")
            self.interrupt(run)
        elif fate in STALLS:
            self._answer_later(found)
            found.stalled_until = self.now + STALLS[fate]
            self.tried["stalls"] += 1
        else:
            self.advance(found, sent[0], fate)

    def pauses(self, run: str, call: str) -> None:
        """Its process is paused when it has decided to send such a request, and has not sent it yet."""
        found = self._run(run)
        found.pauses_at = call
        for _ in range(MOST_STEPS):
            if found.is_over or not found.pauses_at:
                break
            self.step(found)
        found.pauses_at = ""
        for pause in [each for each in found.calls if each.operation == "pause"]:
            self._answer_later(found)
            found.stalled_until = pause.due
            self.tried["pauses"] += 1

    def _answer_later(self, run: Run) -> None:
        """The requests in flight take effect; their responses arrive later."""
        for each in [*run.calls]:
            if each.operation != "pause":
                self.advance(run, each, "tardy")

    def freezes(self, run: str) -> None:
        """Pause the machine and its clock. Requests in flight are answered during the pause.

        Not while a renewal is on its way: nothing protects from a pause right after it (SECURITY.md).
        """
        found = self._run(run)
        if found.is_over or any(each.operation == "lock:PutObject" for each in found.calls):
            return
        self._answer_later(found)
        found.stalled_until = self.now + PAUSE_SECONDS
        found.behind += PAUSE_SECONDS
        self.tried["freezes"] += 1

    def dies(self, run: str, lands: str = "no") -> None:
        """Send SIGKILL; with `lands` its requests in flight still take effect."""
        self.moment += 1
        found = self._run(run)
        if not found.is_over:
            self.tried["kills"] += 1
            self.kill(found, lands=lands == "yes")

    def interrupt(self, run: str) -> None:
        """Send SIGTERM."""
        found = self._run(run)
        found.interruption.set("SIGTERM")
        if found.wakes_at is not None:
            found.wakes_at = self.now
        self.tried["interruptions"] += 1

    def stall(self, run: str, seconds: str) -> None:
        """Suspend its process for a while, with no request in flight."""
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

    # ------------------------------------------------------------ manual changes, and AWS

    def edit(self, package: str, message: str, word: str = "z") -> None:
        """Create a version in the console."""
        self._outside(package, message, self._put(PACKAGES[FILES[package]], f"console-{word}", word))

    def deploy_elsewhere(self, package: str) -> None:
        """Deploy the package from another repository."""
        sha = "f" * 40
        source = self._put(PACKAGES[FILES[package]], sha, "foreign", **{"repository-id": "2"})
        self._outside(package, sha, source)

    def _outside(self, package: str, message: str, source: dict[str, object]) -> None:
        self.moment += 1
        found = self.package(PACKAGES[FILES[package]])
        if found is None:
            return
        self.guarantees.facts.touch(found.name)
        text = {"CommitMessage": message} if message else {}
        try:
            self.packages.update_package({"PackageID": found.id, **source, **text})
        except ServiceError:
            return
        self.guarantees.facts.note_version(found, None)
        self.tried["versions by hand"] += 1

    def associate(self, package: str, domain: str, how: str = "associate") -> None:
        """Associate the package with a domain by hand, or dissociate it."""
        self.moment += 1
        found = self.package(PACKAGES[FILES[package]])
        if found is None:
            return
        self.guarantees.facts.touch(found.name)
        act = self.packages.associate_package if how == "associate" else self.packages.dissociate_package
        try:
            act({"PackageID": found.id, "DomainName": domain})
        except ServiceError:
            return
        self.tried["associations by hand"] += 1

    def make(self, package: str) -> None:
        """Create the package by hand."""
        name = PACKAGES[FILES[package]]
        if self.package(name):
            return
        source = self._put(name, "by-hand", "a")
        self.guarantees.facts.touch(name)
        self.packages.create_package({"PackageName": name, "PackageType": "TXT-DICTIONARY", **source})

    def remove(self, package: str) -> None:
        """Dissociate the package from its domains, then delete it."""
        self.moment += 1
        found = self.package(PACKAGES[FILES[package]])
        if found is None:
            return
        for domain in self.domain_names:
            self.associate(package, domain, "dissociate")
        self.let(self.switches.associate_seconds + 1)
        try:
            self.packages.delete_package({"PackageID": found.id})
        except ServiceError:
            return
        self.guarantees.facts.touch(found.name)
        self.tried["deleted packages"] += 1

    def lose(self, package: str, commit: str) -> None:
        """A lifecycle rule deletes a commit's object."""
        self.moment += 1
        name = PACKAGES[FILES[package]]
        if self.objects.pop(f"{PREFIX}/{name}/{self.repository.commits[commit].sha}.txt", None):
            self.tried["lost objects"] += 1
            self.guarantees.facts.disturb(name, self.repository.commits[commit].sha)

    def reaches(self, run: str, call: str) -> None:
        """A run goes on until it has sent such a request, or until it is over."""
        found = self._run(run)
        for _ in range(MOST_STEPS):
            if found.is_over or any(each.operation == call for each in found.calls):
                return
            self.step(found)

    def exchange(self, package: str, commit: str, word: str) -> None:
        """Write other or equal content under a commit's key."""
        self.moment += 1
        name, sha = PACKAGES[FILES[package]], self.repository.commits[commit].sha
        before = self.objects.get(f"{PREFIX}/{name}/{sha}.txt")
        self._put(name, sha, word, **(before.metadata if before else {"repository-id": "1"}))
        self.tried["exchanged objects"] += 1
        self.guarantees.facts.disturb(name, sha)

    def rewrite(self) -> None:
        """Every object is written again, as it is: the bucket is renamed, or encrypted in place."""
        self.moment += 1
        for key, stored in self.objects.items():
            if key.endswith(".txt"):
                self.objects[key] = replace(stored, modified=float(int(self.now)))
                _, name, file = key.split("/")
                self.guarantees.facts.disturb(name, file.removesuffix(".txt"))

    def forge(self, package: str, commit: str, word: str = "z") -> None:
        """Create a version with the SHA of a commit that was never uploaded."""
        name, sha = PACKAGES[FILES[package]], self.repository.commits[commit].sha
        if f"{PREFIX}/{name}/{sha}.txt" not in self.objects:
            self.guarantees.facts.disturb(name, sha)
            self._outside(package, sha, self._put(name, f"console-{word}", word))

    def fail_copy(self, package: str, status: str = "COPY_FAILED") -> None:
        self.failures.fail_copy(PACKAGES[FILES[package]], status=status)  # type: ignore[arg-type]

    def fail_association(self, domain: str) -> None:
        self.failures.fail_association(domain=domain)

    def change_domain(self, domain: str, seconds: str = "30") -> None:
        self.failures.change_domain(domain, seconds=float(seconds))

    # ------------------------------------------------------------

    def _put(self, package: str, name: str, word: str, **metadata: str) -> dict[str, object]:
        key = f"{PREFIX}/{package}/{name}.txt"
        self.objects[key] = Stored(self.content(word), name, metadata, float(int(self.now)))
        return {"PackageSource": {"S3BucketName": BUCKET, "S3Key": key}}

    def _run(self, name: str) -> Run:
        return next(run for run in self.runs if run.name == name)

    def close(self) -> None:
        """End every thread."""
        for run in self.living:
            run.kill()
