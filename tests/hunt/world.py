"""The world of the runs: one clock, one AWS, one repository, and requests in flight."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from dictionary_deploy.errors import GithubError
from dictionary_deploy.model import Dictionary, Domains, Standing
from sandbox.aws.failures import Failures
from sandbox.aws.package import CopyError, Package
from sandbox.aws.packages import Packages
from sandbox.aws.switches import Switches
from tests.hunt.call import MAKES_VERSIONS, Call
from tests.hunt.clients import Stored, client_error
from tests.hunt.commits import Commit, Repository
from tests.hunt.guarantees import Guarantees
from tests.hunt.run import BUCKET, CONFIG, Run

SYNONYMS, STOPWORDS = "search/synonyms.txt", "search/stopwords.txt"
FILES = {"synonyms": SYNONYMS, "stopwords": STOPWORDS, "config": CONFIG}
PACKAGES = {SYNONYMS: "product-synonyms", STOPWORDS: "stopwords"}
CONFIGS: dict[str, tuple[Domains, Domains]] = {
    "associated": ("associated", "associated"),
    "named": (("eu", "us"), ("eu",)),
    "other": (("us",), "none"),
    "take-over": (("eu", "us"), ("eu",)),
}
"""The domains of the synonyms and of the stopwords."""
DICTIONARIES = {
    config: [
        Dictionary(
            file=file,
            package=PACKAGES[file],
            kind="synonyms",
            domains=domains,
            create=file == STOPWORDS,
            take_over=config == "take-over",
        )
        for file, domains in zip((SYNONYMS, STOPWORDS), both, strict=True)
    ]
    for config, both in CONFIGS.items()
}

LATEST = 20.0
"""Seconds after which a call, or a sleeping main thread, no longer waits for others."""
STILL_LANDS = 5.0
"""Seconds within which a request takes effect, if at all, after its sender was killed or gave up."""
SLOW = 12.0
"""Seconds of a slow request in flight."""
MOST_STEPS = 5000


BAD = {"empty": b"", "broken": b"\xff\xfe\n", "wrong": b"a => b => c\n"}
"""Contents that must not be deployed: without entries, not UTF-8, in the wrong format."""
FEW = frozenset({"a", "b", "c"})
"""Contents to which `many` must not shrink."""


@dataclass
class Orphan:
    """A request whose sender was killed or no longer waits for the response."""

    run: Run
    call: Call
    due: float


class World:
    """The state of the world and its scheduler. The events are the methods of `Actions`."""

    bad, few = frozenset(BAD), FEW

    def __init__(self, timeout_seconds: str = "600", untracked: str = "", **switches: Any) -> None:
        self.now = 1_800_000_000.0
        self.moment = 0
        self.timeout_seconds = float(timeout_seconds)
        self.switches = Switches(copy_seconds=3.0, associate_seconds=5.0).override(switches)
        self.failures = Failures(lambda: self.now)
        self.objects: dict[str, Stored] = {}
        self.domain_names = ("eu", "us")
        self.packages = Packages(
            account="1",
            clock=lambda: self.now,
            switches=lambda: self.switches,
            failures=self.failures,
            read_object=self._read_object,
            has_domain=self.domain_names.__contains__,
            ids=itertools.count(100_000_001),
        )
        self.repository = Repository(frozenset({FILES[untracked]} if untracked else ()))
        self.runs: list[Run] = []
        self.orphans: list[Orphan] = []
        self.tried: Counter[str] = Counter()
        self.guarantees = Guarantees(self)

    # ------------------------------------------------------------ state

    def package(self, name: str) -> Package | None:
        """Return the current package."""
        self.packages.settle()
        return next((each for each in self.packages.packages.values() if each.name == name), None)

    def dictionaries(self, commit: Commit) -> list[Dictionary]:
        """Return the configuration at a commit."""
        return DICTIONARIES[commit.files[CONFIG]]

    @staticmethod
    def content(word: str) -> bytes:
        """Return the dictionary for a word: one entry; thirty for `many`; or an invalid one."""
        words = [f"w{number}" for number in range(30)] if word == "many" else [word]
        return BAD[word] if word in BAD else "".join(f"{each}, {each}{each}\n" for each in words).encode()

    @staticmethod
    def sha256(data: bytes) -> str:
        return hashlib.sha256(data).hexdigest()

    @property
    def living(self) -> list[Run]:
        return [run for run in self.runs if not run.is_over]

    def _read_object(self, bucket: str, key: str) -> str:
        found = self.objects.get(key)
        if bucket != BUCKET or found is None:
            raise CopyError("NoSuchKey", "The specified key does not exist.")
        return found.sha256

    # ------------------------------------------------------------ the scheduler

    def step(self, run: Run, pick: int = 0, fate: str = "ok") -> None:
        """Do one step of a run: a call arrives, or its main thread wakes."""
        events: list[Call | None] = sorted(run.calls, key=lambda call: call.due)
        if run.wakes_at is not None:
            events.append(None)
        self.advance(run, events[pick % len(events)], fate)

    def advance(self, run: Run, event: Call | None, fate: str = "ok") -> None:
        """Do this in a run, after everything that is due before."""
        at = self._due(run, event)
        self._catch_up(at, run)
        if run.is_over or (event and event not in run.calls):
            return
        self.now = max(self.now, at)
        self._happen(run, event, fate)

    def let(self, seconds: float) -> None:
        """Advance time, and do everything that becomes due."""
        until = self.now + seconds
        while (event := self._earliest()) and event[0] <= until:
            self.now = max(self.now, event[0])
            event[1]()
        self.now = max(self.now, until)

    def finish(self, run: Run) -> None:
        """Continue a run until it ends; the others continue up to the same time."""
        for _ in range(MOST_STEPS):
            if run.is_over:
                return
            events = [*run.calls, *([None] if run.wakes_at is not None else [])]
            self.advance(run, min(events, key=lambda event: self._due(run, event)))
        raise AssertionError(f"{run.name} does not end: {run.voice.lines[-5:]}")

    def kill(self, run: Run, *, lands: bool) -> None:
        """Send SIGKILL; `lands`: the requests in flight still take effect."""
        calls = run.kill()
        self._orphan(run, calls if lands else [])

    def _orphan(self, run: Run, calls: list[Call]) -> None:
        """A write that has taken effect already, and only lacks its response, does not take effect again."""
        landing = [call for call in calls if call.is_write and not call.is_done]
        self.orphans += [Orphan(run, call, self.now + STILL_LANDS) for call in landing]

    @staticmethod
    def _due(run: Run, event: Call | None) -> float:
        at = event.due if event else run.wakes_at
        return max(run.stalled_until, at or 0.0)

    def _catch_up(self, at: float, run: Run) -> None:
        """Do everything that cannot wait any longer, including steps of the run itself."""
        while event := self._earliest(asleep=run):
            if event[0] > at - LATEST and not (event[2] and event[0] <= at):
                return
            self.now = max(self.now, event[0])
            event[1]()

    def _earliest(self, asleep: Run | None = None) -> tuple[float, Callable[[], None], bool] | None:
        """Return the next event: time, action, and whether it is due to the second."""
        events: list[tuple[float, Callable[[], None], bool]] = []
        for run in self.living:
            events += [
                (self._due(run, call), lambda run=run, call=call: self._happen(run, call), False)
                for call in run.calls
            ]
            if run.wakes_at is not None and run is not asleep:
                events.append((self._due(run, None), lambda run=run: self._happen(run, None), False))
        events += [(orphan.due, lambda orphan=orphan: self._land(orphan), True) for orphan in self.orphans]
        return min(events, key=lambda event: event[0], default=None)

    def _happen(self, run: Run, event: Call | None, fate: str = "ok") -> None:
        self.moment += 1
        if event is None:
            run.wake()
        else:
            self._arrive(run, event, fate)
        if run.is_over:
            # The process ends; its requests are in flight.
            self._orphan(run, run.kill())
            self.guarantees.ends.check(run)
        self.guarantees.check_step()

    def _arrive(self, run: Run, call: Call, fate: str) -> None:
        self.tried[f"{call.operation} {fate}"] += 1
        if fate in {"slow", "tardy"}:
            call.due = self.now + SLOW
            if fate == "tardy" and not call.is_done and call.operation not in {run.denied, run.silent}:
                self._perform(run, call)
            return
        run.calls.remove(call)
        fate = "dropped" if call.operation == run.silent else fate
        is_clear = fate not in {"dropped", "unanswered", "late"}
        if call.operation == run.denied:
            call.error = self._denied(call.operation)
        elif fate == "throttled" and not call.is_done:
            call.error = self._throttled(call.operation)
        elif (is_clear or fate == "unanswered") and not call.is_done:
            self._perform(run, call)
        if fate == "repeated" and call.operation.endswith(":PutObject") and not call.error:
            self._perform(run, call)
        if fate == "vague" and call.operation == "github:standing" and not call.error:
            call.answer = _vague(call.answer)
        if fate == "late" and call.operation in MAKES_VERSIONS and not call.is_done:
            self.orphans.append(Orphan(run, call, self.now + STILL_LANDS))
        if not is_clear:
            call.error = self._no_answer(call.operation)
        is_told = call.operation != "github:standing" or fate != "vague"
        self.guarantees.note_answer(run, call, is_clear=is_clear and is_told)
        run.answered(call)

    def _perform(self, run: Run, call: Call) -> None:
        call.answer, call.error, call.is_done = None, None, True
        try:
            self.guarantees.perform(run, call)
        except (ClientError, GithubError) as error:
            call.error = error

    def _land(self, orphan: Orphan) -> None:
        self.moment += 1
        self.orphans.remove(orphan)
        self._perform(orphan.run, orphan.call)
        self.tried["landed late"] += 1
        self.guarantees.check_step()

    @staticmethod
    def _no_answer(operation: str) -> Exception:
        if operation.startswith("github:"):
            return GithubError("GitHub did not answer.", "Rerun.")
        return ReadTimeoutError(endpoint_url="https://aws.example", error="timed out")

    @staticmethod
    def _denied(operation: str) -> Exception:
        if operation.startswith("github:"):
            return GithubError("GitHub refuses it.", "Give the token the right to read.", status=403)
        return client_error("AccessDeniedException", operation, 403)

    @staticmethod
    def _throttled(operation: str) -> Exception:
        if operation.startswith("github:"):
            return GithubError("GitHub's rate limit is used up.", "Rerun later.", status=403)
        is_s3 = operation.startswith(("s3:", "lock:"))
        return (
            client_error("SlowDown", operation, 503) if is_s3 else client_error("Throttling", operation, 429)
        )


def _vague(standing: Standing) -> Standing:
    """GitHub knows the branch, but not the commit."""
    return Standing(standing.tip, dict.fromkeys(standing.files, "unknown"), dict.fromkeys(standing.distances))
