"""One run of the action in the simulated world: the real loop, lock and adapters, call by call."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeVar, cast

from dictionary_deploy.aws.domains import AwsDomains
from dictionary_deploy.aws.holds import AwsHolds
from dictionary_deploy.aws.lock import Lock
from dictionary_deploy.aws.objects import AwsObjects
from dictionary_deploy.aws.packages import AwsPackages
from dictionary_deploy.clock import Deadline, Interruption
from dictionary_deploy.context import RunContext
from dictionary_deploy.decide import Attempt, Wanted
from dictionary_deploy.decide.result import WRITING_MODES, conclude
from dictionary_deploy.deploy.branch_query import standing_after_merge
from dictionary_deploy.deploy.lock import Hold, hold_lock
from dictionary_deploy.deploy.loop import DeployLoop
from dictionary_deploy.deploy.pool import Pools
from dictionary_deploy.deploy.task import DictionaryTask
from dictionary_deploy.errors import DeployError, GithubError
from dictionary_deploy.model import Content, Dictionary, Mode, Result, Standing
from dictionary_deploy.report.check_findings import explain
from tests.hunt.broken import hold
from tests.hunt.call import AT_AWS, Call, Pool, Source, Voice
from tests.hunt.clients import PackagesClient, S3Client
from tests.hunt.commits import Commit
from tests.hunt.fiber import Fiber, KilledError

if TYPE_CHECKING:
    from tests.hunt.world import World

T = TypeVar("T")

BUCKET, PREFIX = "acme-dictionaries", "dictionaries"
CONFIG = ".github/dictionaries.yml"
CALL_SECONDS = 0.1
MOST_LOOKS_UP = 1000
PAUSE_SECONDS = 70.0
"""After that, a lease is over."""
LOOKS = 20
"""Number of successive reads that one sentence of a report may combine."""


@dataclass
class Seen:
    """The knowledge of a run: the guarantees depend on it."""

    looked_at: dict[str, int] = field(default_factory=dict)
    """The moment when AWS last described a package to it, by the package's ID."""
    live: deque[Mapping[str, bool]] = field(default_factory=lambda: deque(maxlen=LOOKS))
    """By file, whether it was live on its wanted domains at each of the last reads."""
    asked_at: int | None = None
    """The moment when it last queried the branch."""
    unclear: dict[tuple[str, ...], int] = field(default_factory=dict)
    """By subject, the moment of a write with an unclear response; until the run reads again."""
    lock_is_silent: bool = False
    """True if its last request for the lock had no response."""


class Run:
    """A run of one commit in one mode. It continues when one of its calls arrives or its main thread wakes.

    `build` has the content of untracked files from an earlier step of the workflow, by default that of the
    commit. `denied` is an operation without permission, `silent` one without a response.
    """

    def __init__(
        self,
        world: World,
        name: str,
        commit: Commit,
        mode: str,
        build: str = "",
        denied: str = "",
        silent: str = "",
    ) -> None:
        self.world, self.name, self.commit, self.mode = world, name, commit, mode
        self.denied, self.silent = denied, silent
        built = dict.fromkeys(world.repository.untracked, build) if build else {}
        self.files: Mapping[str, str] = {**commit.files, **built}
        """The content of each file, named by a word."""
        self.calls: list[Call] = []
        self.wakes_at: float | None = None
        self.stalled_until = 0.0
        self.pauses_at = ""
        """The operation before whose next request its process is paused, for `PAUSE_SECONDS`."""
        self.behind = 0.0
        """Seconds that its clock is behind, which stood still while its machine was paused."""
        self.interruption = Interruption()
        self.voice = Voice()
        self.results: tuple[Result, ...] = ()
        self.failure: DeployError | None = None
        self.writes: list[tuple[str, str]] = []
        """Each operation, with the ID, name or key of its subject."""
        self.seen = Seen()
        self.is_killed = False
        self.lock = Lock(self._s3("lock"), BUCKET, PREFIX, name, now=self.now)
        self._looked_up = 0
        """Number of its queries for the time or its calls since its last pause."""
        self._waits_for: Collection[Future[Any]] = ()
        self._main = Fiber(self._work)
        self._main.resume()

    def note_packages(self, parameters: Mapping[str, Any], moment: int) -> None:
        """Record that AWS described packages to it: those in the request, or all.

        It requests all while one is not found yet, and ignores the others then.
        """
        filters = parameters.get("Filters")
        if filters:
            self.seen.looked_at |= dict.fromkeys(filters[0]["Value"], moment)
        else:
            self.seen.looked_at = dict.fromkeys(self.world.packages.packages, moment) | self.seen.looked_at

    def looked_at(self, package_id: str) -> int:
        """Return the moment when AWS last described the package to it."""
        return self.seen.looked_at.get(package_id, 0)

    @property
    def is_over(self) -> bool:
        return self._main.is_over

    @property
    def is_rollback(self) -> bool:
        return self.mode == "rollback"

    @property
    def report_mode(self) -> Mode:
        """Return the action's own mode: a tag is deployed in mode `deploy`."""
        return "deploy" if self.mode == "tag" else cast(Mode, self.mode)

    @property
    def goes_by_order(self) -> bool:
        return self.mode == "tag"

    # ------------------------------------------------------------ the adapters of the loop

    def now(self) -> float:
        return self.world.now - self.behind

    def sleep(self, seconds: float) -> None:
        self._pause(seconds)

    def wait(self, fs: Collection[Future[Any]], timeout: float, return_when: str = "") -> Any:
        """As `concurrent.futures.wait`, in the world's time."""
        del return_when
        if timeout and fs and not any(future.done() for future in fs):
            self._waits_for = fs
            self._pause(timeout)
            self._waits_for = ()
        self._looked_up += not timeout
        hold("idle", self._looked_up < MOST_LOOKS_UP, f"{self.name} looks up again and again")
        return {future for future in fs if future.done()}, set()

    def call(self, operation: str, perform: Callable[[], T], parameters: Mapping[str, Any]) -> T:
        """Send a request, and wait for the world's response."""
        if self.is_killed:
            raise KilledError
        self._looked_up = 0
        world = self.world
        if operation == self.pauses_at:
            self.pauses_at = ""
            pause = Call("pause", bool, {}, Fiber.current(), world.now + PAUSE_SECONDS)
            self.calls.append(pause)
            pause.fiber.pause()
        if operation in AT_AWS:
            self.lock.check()  # as the handler of boto3's event does
        call = Call(operation, perform, parameters, Fiber.current(), world.now + CALL_SECONDS)
        world.guarantees.note_sent(self, call)
        self.calls.append(call)
        call.fiber.pause()
        if call.error:
            raise call.error
        answer: T = call.answer
        return answer

    def _pause(self, seconds: float) -> None:
        if self.is_killed:
            raise KilledError
        self._looked_up = 0
        self.wakes_at = self.world.now + seconds
        self._main.pause()
        self.wakes_at = None

    # ------------------------------------------------------------ events from the world

    def wake(self) -> None:
        """Its main thread wakes."""
        self._main.resume()

    def answered(self, call: Call) -> None:
        """The response arrives: its waiter continues."""
        call.fiber.resume()
        if self.wakes_at is not None and any(future.done() for future in self._waits_for):
            self.wake()

    def kill(self) -> list[Call]:
        """Kill it; return the requests in flight."""
        self.is_killed = True
        calls, self.calls = self.calls, []
        for call in calls:
            if call.fiber is not self._main:
                call.fiber.kill()
        self._main.kill()
        return calls

    # ------------------------------------------------------------ the run

    def _s3(self, used_for: str = "s3") -> S3Client:
        world = self.world
        return S3Client(self, world.objects, lambda: world.now, lambda: world.switches.list_bucket, used_for)

    def _work(self) -> None:
        context: Any = RunContext(
            settings=None,  # type: ignore[arg-type]  # the lock uses none
            host=None,  # type: ignore[arg-type]
            console=self.voice,  # type: ignore[arg-type]
            clock=self,
            deadline=Deadline.after(self, self.world.timeout_seconds),
            interruption=self.interruption,
        )
        objects = AwsObjects(self._s3(), BUCKET, PREFIX)
        tasks = [self._task(dictionary) for dictionary in self.world.dictionaries(self.commit)]
        client = PackagesClient(self, self.world.packages, self.world.domain_names)
        pools = Pools(Pool(), Pool(), Pool(), self.wait, nullcontext())
        writes = self.report_mode in WRITING_MODES
        loop = DeployLoop(
            tasks=tasks,
            packages=AwsPackages(client, client),
            domains=AwsDomains(client, "es"),
            objects=objects,
            holds=AwsHolds(self._s3("holds"), BUCKET, PREFIX, self.name),
            branch=self._branch,
            order=self._has,
            pools=pools,
            clock=self,
            deadline=context.deadline,
            interruption=self.interruption,
            log=self.voice.info,
            lease=self.lock if writes else None,
        )
        unlocked: AbstractContextManager[Hold] = nullcontext(Hold())
        try:
            with hold_lock(self.lock, context, pools) if writes else unlocked as held:
                loop.run()
                held.must_expire = loop.is_writing
            loop.report_doubtful_writes(lock_was_lost=held.was_lost)
        except DeployError as error:
            self.failure = error
            return
        self.results = tuple(self._conclude(task, loop, objects) for task in tasks)

    def _task(self, dictionary: Dictionary) -> DictionaryTask:
        data = self.world.content(self.files[dictionary.file])
        content = Content(self.world.sha256(data), len(data))
        wanted = Wanted(
            dictionary=dictionary,
            commit=self.commit.sha,
            content=content,
            region="eu-west-1",
            repository="acme/search",
            repository_id="1",
            config=CONFIG,
            is_rollback=self.is_rollback,
            by_order=self.goes_by_order,
        )
        return DictionaryTask(wanted, Source(data, content, BytesIO(data)), Attempt(began=self.world.now))

    def _branch(self, files: Sequence[str], others: Sequence[str]) -> Standing:
        if self.mode == "plan":
            before = self._ask_branch(files, others) if others else Standing("", {}, {})
            return standing_after_merge(self.commit.sha, files, before)
        return self._ask_branch(files, others)

    def _ask_branch(self, files: Sequence[str], others: Sequence[str]) -> Standing:
        repository = self.world.repository
        return self.call("github:standing", lambda: repository.standing(self.commit, files, others), {})

    def _has(self, older: str, newer: str) -> bool:
        by_sha = self.world.repository.by_sha

        def perform() -> bool:
            first, second = by_sha(older), by_sha(newer)
            if first is None or second is None:
                raise GithubError("GitHub knows no such commit.", "Rerun.", status=404)
            return first.name in second.past

        return self.call("github:order", perform, {})

    def _conclude(self, task: DictionaryTask, loop: DeployLoop, objects: AwsObjects) -> Result:
        result = conclude(
            task.wanted,
            loop.observation(task),
            task.step,
            mode=self.report_mode,
            attempt=task.attempt,
            url=objects.url,
        )
        if self.mode == "check":
            result = explain(result, task.observed.versions)
        return replace(result, why_no_domains=task.why_no_domains)
