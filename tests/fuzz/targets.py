"""The fuzz targets: each takes the tested code as an argument, so that a test can plant a bug in it.

A target is a strategy and a check of one input. The check fails on any exception except an expected error
with a remedy, and on any effect that hostile input must not have.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from hypothesis import strategies as st

from dictionary_deploy.aws.clients import make_clients
from dictionary_deploy.aws.domains import AwsDomains
from dictionary_deploy.aws.lock import Lock
from dictionary_deploy.aws.objects import AwsObjects
from dictionary_deploy.aws.packages import AwsPackages
from dictionary_deploy.config import parse_all
from dictionary_deploy.dictionaries import KINDS, Options, Text, validate
from dictionary_deploy.dictionaries.diff import diff_texts
from dictionary_deploy.errors import ConfigError, DeployError
from dictionary_deploy.events.decide import AUTO, decide
from dictionary_deploy.events.trigger import Trigger
from dictionary_deploy.github_api.client import GithubClient
from dictionary_deploy.github_api.comments import Comments
from dictionary_deploy.github_api.commits import Commits
from dictionary_deploy.model import MODES, Package, Report
from dictionary_deploy.report.render import render_comment
from tests import hostile
from tests.unit.test_events_decide import context
from tests.unit.test_rendered import COUNT, assert_text, foreign

DATA = Path(__file__).parents[1] / "data"
CONFIGS = [path.read_bytes() for path in sorted((DATA / "config").rglob("*.yml"))]
EVENTS = {path.stem: json.loads(path.read_bytes()) for path in sorted((DATA / "events").iterdir())}
NAMES = [*dict.fromkeys(name.split()[0] for name in AUTO), "pull_request_target", "issue_comment", "release"]
FILES = [path for path in sorted((DATA / "rules").rglob("*.*")) if path.suffix != ".expected"]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | hostile.texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(hostile.texts, inner, max_size=4),
    max_leaves=8,
)


@dataclass(frozen=True)
class Target:
    """A strategy of inputs, and the check of each."""

    inputs: st.SearchStrategy[Any]
    judge: Callable[[Any], None]


@st.composite
def mutated(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """Return a file with some pieces removed, duplicated or replaced by hostile text."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 4))):
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(data))] * 2)))
        piece = draw(
            st.binary(max_size=8)
            | hostile.texts.map(lambda text: text.encode(errors="replace"))
            | st.sampled_from(
                [b"", data[start:end] * 2, b"[" * 50, b"\n", b"- ", b": ", b"&a ", b"*a", b"!!x "]
            )
        )
        data = data[:start] + piece + data[end:]
    return data


@st.composite
def changed(draw: st.DrawFn, seeds: list[Any]) -> Any:
    """Return JSON in which some members are changed or missing."""
    value = json.loads(json.dumps(draw(st.sampled_from(seeds))))
    for _ in range(draw(st.integers(0, 3))):
        place, inner = None, value
        while isinstance(inner, dict | list) and inner and (place is None or draw(st.booleans())):
            keys = sorted(inner) if isinstance(inner, dict) else range(len(inner))
            place = (inner, draw(st.sampled_from([*keys])))
            inner = inner[place[1]]
        if place is not None:
            place[0][place[1]] = draw(JSON)
    return value


def configuration(parse: Callable[[bytes, str], object] = parse_all) -> Target:
    """Assert that every error names a line of the file."""

    def judge(data: bytes) -> None:
        try:
            parse(data, "dictionaries.yml")
        except ConfigError as error:
            faults = error.faults
        else:
            faults = ()
        assert [] == [each for each in faults if each.line < 1 or not each.message.isprintable()]

    return Target(mutated(CONFIGS) | st.binary(), judge)


def event(judged: Callable[..., Trigger] = decide) -> Target:
    """Assert that nothing from a pull request or fork is deployed before it is merged."""
    refs = ["refs/heads/main", "refs/heads/next", "refs/tags/v1", "refs/pull/7/merge", ""]

    def judge(given: tuple[Any, ...]) -> None:
        mode, name, ref, payload, branch = given
        try:
            trigger = judged(mode, context(name, ref=ref), payload, branch)
        except DeployError:
            return
        is_open = name.startswith("pull_request") and payload.get("action") != "closed"
        writes = trigger.mode in {"deploy", "rollback"} and not trigger.nothing
        assert not (writes and (is_open or name == "merge_group"))
        assert not (writes and trigger.is_fork and not name.startswith("pull_request"))

    @st.composite
    def inputs(draw: st.DrawFn) -> tuple[Any, ...]:
        name = draw(st.sampled_from(NAMES))
        own = [payload for stem, payload in EVENTS.items() if stem.startswith(name.removesuffix("_target"))]
        payload = draw(changed(own or [*EVENTS.values()]))
        return (
            draw(st.sampled_from(MODES)),
            name,
            draw(st.sampled_from(refs)),
            payload,
            draw(st.sampled_from([None, "main"])),
        )

    return Target(inputs(), judge)


def dictionaries(judged: Callable[..., Any] = validate) -> Target:
    """Assert that each finding names a line of the file, and that readable content can be compared."""
    seeds = [(path.suffix[1:], path.read_bytes()) for path in FILES if path.suffix[1:] in KINDS]

    @st.composite
    def inputs(draw: st.DrawFn) -> tuple[str, bytes, bytes]:
        kind = draw(st.sampled_from(sorted(KINDS)))
        own = [data for name, data in seeds if name == kind] or [b"a\n"]
        return kind, draw(mutated(own)), draw(mutated(own))

    def judge(given: tuple[str, bytes, bytes]) -> None:
        name, before, after = given
        kind = KINDS[name]
        problems, text = judged(kind, after, "words.txt", Options())
        lines = len(after.splitlines()) + after.count(b"\r") + 1
        assert [] == [each for each in problems if not 1 <= each.line <= lines]
        if text is not None:
            old: Text | None = None
            with contextlib.suppress(UnicodeDecodeError):
                old = kind.decode(before)
            assert diff_texts(kind, old, text, Options()).entries.total >= 0

    return Target(inputs(), judge)


def _answers(connect: Callable[[str], Sequence[Callable[[], Any]]], seeds: list[Any]) -> Target:
    """Assert that every response of the service at the URL is understood or an expected error."""
    told: dict[str, Any] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(told["status"])
            for name, value in told["headers"].items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told["body"])))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(told["body"])

        do_GET = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_POST  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    calls = connect(f"http://127.0.0.1:{server.server_port}")

    def judge(given: tuple[int, dict[str, str], bytes, int]) -> None:
        told.update(status=given[0], headers=given[1], body=given[2])
        with contextlib.suppress(DeployError):
            calls[given[3]]()

    documents = changed(seeds).map(lambda value: json.dumps(value).encode())
    inputs = st.tuples(
        st.sampled_from([200, 200, 200, 200, 201, 301, 400, 403, 404, 422, 500]),
        st.sampled_from(
            [{}, {"retry-after": "x"}, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "9" * 400}]
        ),
        documents | mutated([json.dumps(seed).encode() for seed in seeds]),
        st.integers(0, len(calls) - 1),
    )
    return Target(inputs, judge)


def aws(judged: Callable[[Callable[[], Any]], Any] = lambda call: call()) -> Target:
    """Read packages, domains, objects and the lock."""
    package = Package("F1", "words", "AVAILABLE", "v1")
    details = {"PackageID": "F1", "PackageName": "words", "PackageStatus": "AVAILABLE", "CreatedAt": 1.5e9}
    seeds: list[Any] = [
        {"PackageDetailsList": [details], "NextToken": ""},
        {"PackageVersionHistoryList": [{"PackageVersion": "v1", "CommitMessage": "a" * 40, "CreatedAt": 1}]},
        {
            "DomainPackageDetailsList": [
                {"DomainName": "d", "DomainPackageStatus": "ACTIVE", "PackageVersion": "v1"}
            ]
        },
        {"DomainNames": [{"DomainName": "d", "EngineType": "OpenSearch"}]},
        {"DomainStatusList": [{"DomainName": "d", "ElasticsearchVersion": "7.10"}]},
        {"PackageDetails": details},
        {"run": "x", "token": "y", "lease_seconds": 60},
        {"__type": "ValidationException", "message": "No."},
    ]

    def connect(url: str) -> list[Callable[[], Any]]:
        os.environ["AWS_ENDPOINT_URL"] = url
        clients = make_clients("es", "eu-west-1", attempts=1)
        packages, domains = AwsPackages(clients.reads, clients.writes), AwsDomains(clients.reads, "es")
        objects = AwsObjects(clients.s3, "acme", "dictionaries")
        lock = Lock(clients.s3, "acme", "dictionaries", "this run")
        calls: list[Callable[[], Any]] = [
            packages.all,
            lambda: packages.describe(["F1"]),
            lambda: packages.history(package),
            lambda: packages.domains(package),
            lambda: packages.update(package, "acme", "k", "a" * 40, None),
            lambda: packages.associate(package, "d"),
            domains.names,
            lambda: domains.engines(["d"]),
            lambda: objects.head("dictionaries/k"),
            lambda: objects.read("dictionaries/k", 1000),
            lock.take,
        ]
        return [lambda call=call: judged(call) for call in calls]  # type: ignore[misc]

    return _answers(connect, seeds)


def github(judged: Callable[[Callable[[], Any]], Any] = lambda call: call()) -> Target:
    """Read the branch, files, pull requests and comments."""
    author = {"__typename": "Bot", "login": "github-actions"}
    comment = {"url": "https://github.com/o/r/pull/7#issuecomment-1", "body": "x", "author": author}
    comments = {"nodes": [comment], "pageInfo": {"hasNextPage": False, "endCursor": None}}
    pull_request = {
        "number": 7,
        "url": "u",
        "merged": True,
        "mergedAt": "m",
        "baseRefName": "main",
        "baseRepository": {"databaseId": 1},
        "comments": comments,
    }
    viewer = {"login": "github-actions[bot]"}
    commit = {"oid": "a" * 40, "f1": {"oid": "b", "mode": 33188}, "f2": None}
    ref = {"target": {"oid": "b" * 40}, "f0": {"aheadBy": 0, "behindBy": 1}}
    seeds: list[Any] = [
        {"data": {"viewer": viewer, "repository": {"pullRequest": pull_request}}},
        {"data": {"repository": {"ref": ref, "here": commit, "tip": commit}}},
        {
            "data": {
                "viewer": viewer,
                "repository": {"commit": {"associatedPullRequests": {"nodes": [pull_request]}}},
            }
        },
        {"type": "file", "encoding": "base64", "content": "YQ==", "sha": "c" * 40},
        {"html_url": "https://github.com/o/r/pull/7#issuecomment-1"},
        {"message": "Not Found", "errors": [{"message": "x", "type": "NOT_FOUND"}], "data": None},
    ]

    def connect(url: str) -> list[Callable[[], Any]]:
        client = GithubClient("ghs_x", url, f"{url}/graphql", "o/r", lambda _: None, lambda: 0.0)
        commits = Commits(client)
        calls: list[Callable[[], Any]] = [
            lambda: commits.standing("main", "a" * 40, ["words.txt"], []),
            lambda: commits.content("a" * 40, "words.txt"),
            lambda: Comments(client).pull_request(7),
            lambda: Comments(client).find(7, "<!-- x -->"),
            lambda: Comments(client).merged_by("a" * 40, "main", {}),
            lambda: Comments(client).publish(7, "<!-- x -->", lambda limit: "<!-- x -->"[:limit]),
        ]
        return [lambda call=call: judged(call) for call in calls]  # type: ignore[misc]

    return _answers(connect, seeds)


def report(render: Callable[[Report, str], str] = render_comment) -> Target:
    """Assert that hostile text stays text in a comment, in its place."""

    def judge(values: list[str]) -> None:
        assert_text(render, values)

    return Target(st.lists(foreign, min_size=COUNT, max_size=COUNT, unique=True), judge)


TARGETS: dict[str, Callable[[], Target]] = {
    "configuration": configuration,
    "event": event,
    "dictionaries": dictionaries,
    "aws": aws,
    "github": github,
    "report": report,
}
