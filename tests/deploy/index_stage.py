"""Runs the stage for indices: search engines over HTTP, S3 in memory, a simulated clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from dictionary_deploy.aws.lock import Lock
from dictionary_deploy.aws.reopening import AwsReopening
from dictionary_deploy.clock import Deadline, Interruption
from dictionary_deploy.context import RunContext
from dictionary_deploy.deploy.indices import IndexStage
from dictionary_deploy.deploy.lock import hold_lock
from dictionary_deploy.deploy.pool import CallPool, Pools
from dictionary_deploy.deploy.reopening import Reopener
from dictionary_deploy.model import Mode, Result
from dictionary_deploy.search.client import SearchClient, basic
from sandbox.search import Index, LocalSearch
from tests.deploy.simulated import BUCKET, PREFIX, Clock, Voice
from tests.hunt.clients import S3Client, Stored

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

T = TypeVar("T")

RECORD = f"{PREFIX}/.reopening"
MINUTES = 60.0


@dataclass
class Hooked:
    """A service with a callback after the next response by the last part of a path, such as `_close`."""

    app: WSGIApplication
    after: dict[str, Callable[[], object]] = field(default_factory=dict)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        response = self.app(environ, start_response)
        self.after.pop(environ["PATH_INFO"].rpartition("/")[2], lambda: None)()
        return response


OLD, NEW = "tv, television\n", "tv, television, telly\n"


@dataclass
class Stage:
    """One bucket, and the runs that use it."""

    clock: Clock = field(default_factory=Clock)
    interruption: Interruption = field(default_factory=Interruption)
    logged: list[str] = field(default_factory=list)
    objects: dict[str, Stored] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    """Method and path of each write to S3; a search engine can append its own to the same list."""
    timeout_seconds: float = 20 * MINUTES
    before_write: Callable[[str], object] = lambda _: None
    """Called before each write to S3 with its key. May raise an error of boto3."""

    def call(self, operation: str, perform: Callable[[], T], parameters: Mapping[str, Any]) -> T:
        if operation == "s3:PutObject":
            self.before_write(parameters["Key"])
            self.requests.append({"method": "PUT", "path": parameters["Key"]})
        return perform()

    @property
    def record(self) -> list[tuple[str, str, str]]:
        """Domain, index and run of each index on record."""
        if RECORD not in self.objects:
            return []
        indices = json.loads(self.objects[RECORD].body)["indices"]
        return [(each["domain"], each["index"], each["run"]) for each in indices]

    def lock(self, run: str) -> Lock:
        return Lock(self._s3, BUCKET, PREFIX, run, now=self.clock.now)

    def run(
        self,
        results: Sequence[Result],
        endpoints: Callable[[Sequence[str]], Mapping[str, str]],
        mode: Mode = "deploy",
        run: str = "this run",
    ) -> list[Result]:
        with ThreadPoolExecutor() as executor:
            pools = Pools(executor, executor, executor)
            deadline = Deadline.after(self.clock, self.timeout_seconds)
            context: Any = RunContext(None, None, Voice(), self.clock, deadline, self.interruption)  # type: ignore[arg-type]
            lock = self.lock(run)
            reopener = Reopener(
                AwsReopening(self._s3, BUCKET, PREFIX, run),
                lock,
                lambda: hold_lock(lock, context, pools),
                CallPool(executor),
                self.clock,
                deadline,
                self.interruption,
                self.logged.append,
            )
            stage = IndexStage(
                mode=mode,
                endpoints=endpoints,
                connect=lambda domain, url: SearchClient(domain, url, basic("user", "password")),
                calls=CallPool(executor),
                clock=self.clock,
                deadline=deadline,
                interruption=self.interruption,
                log=self.logged.append,
                reopener=reopener,
            )
            return stage.complete(results)

    @property
    def _s3(self) -> S3Client:
        return S3Client(self, self.objects, self.clock.now, lambda: True)


@dataclass
class IndexScene:
    """A domain whose indices have loaded the old file while another one may be on its disk."""

    engine: LocalSearch
    updateable: bool
    """The default of the indices that are added."""
    url: str = ""
    stage: Stage = field(default_factory=Stage)
    after: dict[str, Callable[[], object]] = field(default_factory=dict)

    def add(self, name: str, *, filters: Sequence[str] = ("words",), **definition: Any) -> Index:
        """Create an index with the old file; `definition` is about its filter `words`."""
        words = {"type": "synonym_graph", "synonyms_path": "analyzers/F1", "updateable": self.updateable}
        words |= definition
        searching = {"type": "custom", "tokenizer": "whitespace", "filter": filters}
        analysis = {"filter": {"words": words}, "analyzer": {"searching": searching}}
        self.engine.indices[name] = Index(analysis, {}, {"words": OLD.splitlines()})
        return self.engine.indices[name]

    def put(self, text: str, package: str = "F1") -> None:
        """Put the file of a package on the domain's disk."""
        path = self.engine.folder / "analyzers" / package
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
