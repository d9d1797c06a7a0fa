"""One run of the action in the simulated world: the real loop, lock and adapters, call by call."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor, Future
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeVar

from dictionary_deploy.aws.domains import Domains
from dictionary_deploy.aws.lock import Lock
from dictionary_deploy.aws.objects import Objects
from dictionary_deploy.aws.packages import Packages
from dictionary_deploy.deploy.calls import Pools
from dictionary_deploy.deploy.locked import locked
from dictionary_deploy.deploy.loop import Deployment
from dictionary_deploy.deploy.track import Track
from dictionary_deploy.errors import DeployError
from dictionary_deploy.model import Content, Dictionary, Mode, Result, Standing
from dictionary_deploy.next_step import Attempt, Wanted
from dictionary_deploy.results import conclude
from dictionary_deploy.surroundings import Surroundings
from dictionary_deploy.waiting import Deadline, Interruption
from tests.hunt.broken import hold
from tests.hunt.clients import PackagesClient, S3Client
from tests.hunt.commits import Commit
from tests.hunt.fiber import Fiber, KilledError

if TYPE_CHECKING:
    from tests.hunt.world import World

T = TypeVar("T")

BUCKET, PREFIX = "acme-dictionaries", "dictionaries"
CONFIG = ".github/dictionaries.yml"
WRITES = {"es:CreatePackage", "es:UpdatePackage", "es:AssociatePackage", "s3:PutObject"}
CALL_SECONDS = 0.1
MOST_LOOKS_UP = 1000
LOOKS = 6
"""So many looks in a row may be what one sentence of a report is made of."""


@dataclass
class Call:
    """A request on its way. `perform` is its effect, wherever and whenever that takes place."""

    operation: str
    perform: Callable[[], Any]
    parameters: Mapping[str, Any]
    fiber: Fiber
    due: float
    answer: Any = None
    error: Exception | None = None

    @property
    def is_write(self) -> bool:
        return self.operation in WRITES


@dataclass
class Source:
    """A dictionary's file."""

    data: bytes
    content: Content
    handle: BytesIO

    def read(self) -> bytes:
        return self.data


@dataclass
class Voice:
    """A console that remembers."""

    lines: list[str] = field(default_factory=list)

    def info(self, message: str) -> None:
        self.lines.append(message)

    warning = info


class Pool(Executor):
    """Begins each call at once, in a fiber of its own."""

    def submit(self, work: Callable[..., T], /, *_: Any, **__: Any) -> Future[T]:
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()

        def settle() -> None:
            try:
                future.set_result(work())
            except Exception as error:  # noqa: BLE001 as concurrent.futures does
                future.set_exception(error)

        Fiber(settle).resume()
        return future


class Run:
    """A run of one commit in one mode. It goes on when one of its calls arrives, or its main thread wakes."""

    def __init__(self, world: World, name: str, commit: Commit, mode: str) -> None:
        self.world, self.name, self.commit, self.mode = world, name, commit, mode
        self.calls: list[Call] = []
        self.wakes_at: float | None = None
        self.stalled_until = 0.0
        self.interruption = Interruption()
        self.voice = Voice()
        self.results: tuple[Result, ...] = ()
        self.failure: DeployError | None = None
        self.writes: list[str] = []
        self.asked_at: int | None = None
        """The moment when it was told where the branch is."""
        self._listed_at = 0
        self._looked_at: dict[str, int] = {}
        self.seen: deque[dict[str, bool]] = deque(maxlen=LOOKS)
        """By file whether it was live where it is wanted, at each of the last looks."""
        self.is_killed = False
        self.began = world.now
        self.lock = Lock(self._s3, BUCKET, PREFIX, name)
        self._looked_up = 0
        """How often it asked for the time or for its calls since it last rested."""
        self._waits_for: Collection[Future[Any]] = ()
        self._main = Fiber(self._work)
        self._main.resume()

    def note_packages(self, parameters: Mapping[str, Any], moment: int) -> None:
        """AWS has described packages to it: all, or those that it asked for."""
        filters = parameters.get("Filters")
        if filters:
            self._looked_at |= dict.fromkeys(filters[0]["Value"], moment)
        else:
            self._listed_at = moment

    def looked_at(self, package_id: str) -> int:
        """The moment when AWS last described the package to it."""
        return max(self._listed_at, self._looked_at.get(package_id, 0))

    @property
    def is_over(self) -> bool:
        return self._main.is_over

    @property
    def is_rollback(self) -> bool:
        return self.mode == "rollback"

    @property
    def report_mode(self) -> Mode:
        return "rollback" if self.is_rollback else "deploy"

    # ------------------------------------------------------------ what the loop is given

    def now(self) -> float:
        return self.world.now

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
        """Send a request, and wait for what the world makes of it."""
        if self.is_killed:
            raise KilledError
        self._looked_up = 0
        call = Call(operation, perform, parameters, Fiber.current(), self.world.now + CALL_SECONDS)
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

    # ------------------------------------------------------------ what the world does to it

    def wake(self) -> None:
        """Its main thread looks up."""
        self._main.resume()

    def answered(self, call: Call) -> None:
        """The answer is there: whoever waits for it goes on."""
        call.fiber.resume()
        if self.wakes_at is not None and any(future.done() for future in self._waits_for):
            self.wake()

    def kill(self) -> list[Call]:
        """End it at once; the requests that are on their way."""
        self.is_killed = True
        calls, self.calls = self.calls, []
        for call in calls:
            if call.fiber is not self._main:
                call.fiber.kill()
        self._main.kill()
        return calls

    # ------------------------------------------------------------ the run

    @property
    def _s3(self) -> S3Client:
        world = self.world
        return S3Client(self, world.objects, lambda: world.now, lambda: world.switches.list_bucket)

    def _work(self) -> None:
        around: Any = Surroundings(
            settings=None,  # type: ignore[arg-type]  # the lock asks for none
            console=self.voice,  # type: ignore[arg-type]
            clock=self,
            deadline=Deadline.after(self, self.world.timeout_seconds),
            interruption=self.interruption,
        )
        objects = Objects(self._s3, BUCKET, PREFIX)
        tracks = [self._track(dictionary) for dictionary in self.world.dictionaries(self.commit)]
        client = PackagesClient(self, self.world.packages, self.world.domain_names)
        pools = Pools(Pool(), Pool(), Pool(), self.wait, nullcontext())
        deployment = Deployment(
            tracks=tracks,
            packages=Packages(client, client),
            domains=Domains(client, "es"),
            objects=objects,
            branch=self._ask_branch,
            order=self._has,
            pools=pools,
            clock=self,
            deadline=around.deadline,
            interruption=self.interruption,
            say=self.voice.info,
            metadata={"repository": "acme/search", "repository-id": "1"},
            lease=self.lock,
        )
        try:
            with locked(self.lock, around, pools) as hold:
                deployment.run(hold.since)
                hold.is_left = deployment.is_writing
        except DeployError as error:
            self.failure = error
            return
        self.results = tuple(self._conclude(track, deployment, objects) for track in tracks)

    def _track(self, dictionary: Dictionary) -> Track:
        data = self.world.file(self.commit, dictionary.file)
        content = Content(self.world.sha256(data), len(data))
        wanted = Wanted(
            dictionary=dictionary,
            commit=self.commit.sha,
            content=content,
            region="eu-west-1",
            repository_id="1",
            config=CONFIG,
            is_rollback=self.is_rollback,
            by_order=self.mode == "tag",
        )
        return Track(wanted, Source(data, content, BytesIO(data)), Attempt(began=self.world.now))

    def _ask_branch(self, files: Any, others: Any) -> Standing:
        def perform() -> Standing:
            self.asked_at = self.world.moment
            return self.world.repository.standing(self.commit, files, others)

        return self.call("github:standing", perform, {})

    def _has(self, older: str, newer: str) -> bool:
        by_sha, distance = self.world.repository.by_sha, self.world.repository.distance

        def perform() -> bool:
            of = by_sha(newer)
            return of is not None and distance(of, by_sha(older)) is not None

        return self.call("github:order", perform, {})

    def _conclude(self, track: Track, deployment: Deployment, objects: Objects) -> Result:
        result = conclude(
            track.wanted,
            deployment.observed(track),
            track.step,
            mode=self.report_mode,
            moved_domains=bool(track.attempt.associated),
            url=objects.url,
        )
        return replace(result, why_no_domains=track.why_no_domains)
