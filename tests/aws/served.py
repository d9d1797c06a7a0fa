"""The servers of the adapter tests: the local AWS, or a server with predefined responses."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from dictionary_deploy.aws.clients import Clients
from dictionary_deploy.aws.lock import Lock
from dictionary_deploy.aws.objects import AwsObjects
from dictionary_deploy.aws.packages import AwsPackages
from dictionary_deploy.model import Package
from sandbox.aws.app import LocalAws
from sandbox.aws.switches import Switches

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

REGION = "eu-west-1"
BUCKET = "acme"
PREFIX = "dictionaries"
ACCOUNT = "123456789012"
COMMIT = "1f" * 20


@dataclass
class Clock:
    """The clock of the packages."""

    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


class Gateway:
    """A proxy for the local AWS: advances S3's clock, drops responses and runs code between requests."""

    def __init__(self) -> None:
        self.empty()

    def empty(self) -> None:
        """Reset AWS and the record of requests."""
        self.clock = Clock()
        self.local = LocalAws(Switches(), self.clock)
        self.seconds_ahead = 0.0
        """Seconds by which the Date of S3's responses is ahead of LastModified."""
        self.lost_answers: dict[str, int] = {}
        """By method, the number of next requests that are served and then answered with 500."""
        self.after: dict[str, Callable[[], Any]] = {}
        """By method, a callback that runs once after its next request is served, before the response."""
        self.headers: list[dict[str, str]] = []
        """The headers of each request, with lowercase names."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        method = request.method
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        response = Response.from_app(self.local, environ, buffered=True)
        response.headers["Date"] = formatdate(time.time() + self.seconds_ahead, usegmt=True)
        if between := self.after.pop(method, None):
            between()
        if self.lost_answers.get(method):
            self.lost_answers[method] -= 1
            response = Response(status=500)
        return response(environ, start_response)


@dataclass
class Aws:
    """The local AWS with a bucket, and the adapters connected as in a run."""

    url: str
    gateway: Gateway
    clients: Clients

    @property
    def local(self) -> LocalAws:
        return self.gateway.local

    @property
    def packages(self) -> AwsPackages:
        return AwsPackages(self.clients.reads, self.clients.writes)

    @property
    def objects(self) -> AwsObjects:
        return AwsObjects(self.clients.s3, BUCKET, PREFIX)

    def lock(self, run: str = "https://example.com/runs/1", **more: Any) -> Lock:
        return Lock(self.clients.s3, BUCKET, PREFIX, run, **more)

    def switch(self, **values: Any) -> None:
        self.local.switches = self.local.switches.override(values)

    def fail(self, operation: str, code: str, **more: Any) -> None:
        """Refuse the next call of the operation; `times`, `status` and `message` as in the sandbox."""
        self.local.failures.fail_operation(operation, code, **more)

    def count(self, operation: str) -> int:
        """Return the number of calls of the operation."""
        return sum(request["operation"] == operation for request in self.local.requests)

    def put(self, key: str = "by-hand.txt", body: bytes = b"a, b\n") -> None:
        self.clients.s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    def body(self, key: str) -> bytes:
        body: bytes = self.clients.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return body

    def create(self, name: str = "synonyms") -> Package:
        """Create a package and wait until its first version is available."""
        self.put()
        self.packages.create(name, BUCKET, "by-hand.txt", None)
        self.pass_time()
        return self.named(name)

    def named(self, name: str) -> Package:
        (found,) = [package for package in self.packages.all() if package.name == name]
        return found

    def add_domain(self, name: str = "search-prod") -> str:
        self.clients.reads.create_elasticsearch_domain(DomainName=name)
        return name

    def pass_time(self) -> None:
        """Finish all copies and associations in progress."""
        self.gateway.clock.now += 60


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    """Return a raw HTTP response; Content-Length is the body's unless `headers` (with underscores) set it."""
    fields = {"Connection": "close", "Content_Length": str(len(body)), **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join([f"HTTP/1.1 {status} Told", *lines, "", ""]).encode() + body


CUT = b""
"""The connection closes without a response."""
SILENCE = None
"""No response, and the connection stays open."""


@dataclass
class Told:
    """A server with these responses, one per connection, the last one repeatedly; it records requests."""

    url: str
    answers: list[bytes | None]
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """Method, path and headers (with lowercase names) of each request."""

    def tell(self, *answers: bytes | None) -> None:
        """Set the next responses and clear the recorded requests."""
        self.answers[:] = answers
        self.requests.clear()


@contextmanager
def serve_answers(*answers: bytes | None) -> Iterator[Told]:
    """Serve the responses while the block runs."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # which answers `Expect: 100-continue`

        def parse_request(self) -> bool:
            is_request = super().parse_request()
            if is_request:
                self._answer()
            return False

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            told.requests.append((self.command, self.path, headers))
            raw = told.answers.pop(0) if len(told.answers) > 1 else told.answers[0]
            if raw is SILENCE:
                over.wait()
            else:
                self.wfile.write(raw)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told = Told(f"http://127.0.0.1:{server.server_port}", list(answers))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield told
        finally:
            over.set()
            server.shutdown()
            thread.join()
