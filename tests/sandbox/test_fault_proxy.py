"""The fault proxy: the client's view, and whether the server served the request."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse, IncompleteRead, RemoteDisconnected
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from werkzeug.wrappers import Request, Response

from sandbox.aws.app import LocalAws
from sandbox.aws.switches import Switches
from sandbox.fault_proxy import fault_proxy
from sandbox.faults import (
    BREAKING,
    KINDS,
    OTHER_JSON,
    SERVED,
    Fault,
    Kind,
    Plan,
    aws_operation,
    github_operation,
)
from sandbox.server import serve

CUT: tuple[Kind, ...] = ("drop-before", "drop-after")


class Server:
    """Returns the body of each request, and counts."""

    def __init__(self) -> None:
        self.served: list[str] = []

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        body = request.get_data()
        self.served.append(f"{request.method} {request.path}")
        return Response(b"<" + body + b">", headers={"X-Host": request.host})(environ, start_response)


def _target(_: str, target: str, *__: object) -> str:
    return target


@contextmanager
def between(fault: Fault | None = None) -> Iterator[tuple[Server, HTTPConnection, Plan]]:
    """A server, a connection to it through a proxy, and the proxy's plan."""
    server = Server()
    with serve(server) as url, fault_proxy(url, _target, fault) as (proxy, plan):
        connection = HTTPConnection(urlsplit(proxy).netloc, timeout=10)
        yield server, connection, plan
        connection.close()


def ask(connection: HTTPConnection, path: str = "/", body: bytes = b"", method: str = "POST") -> HTTPResponse:
    connection.request(method, path, body)
    return connection.getresponse()


def test_without_faults_requests_share_one_connection() -> None:
    with between() as (server, connection, plan):
        answers = [ask(connection, f"/{number}", b"x" * number).read() for number in (1, 100_000)]
        host = ask(connection, "/3").headers["X-Host"]

        assert [b"<x>", b"<" + b"x" * 100_000 + b">"] == answers
        assert ["POST /1", "POST /100000", "POST /3"] == server.served
        assert ["/1", "/100000", "/3"] == plan.operations
        assert f"{connection.host}:{connection.port}" == host
        assert not plan.struck.is_set()


@pytest.mark.parametrize("kind", BREAKING)
def test_fault_occurs_once_before_or_after_the_server_by_name(kind: Kind) -> None:
    with between(Fault(kind, 2)) as (server, connection, plan):
        assert b"<>" == ask(connection, "/1").read()
        try:
            ask(connection, "/2").read()
        except (RemoteDisconnected, IncompleteRead):
            connection.close()
        served = [*server.served]

        assert b"<>" == ask(connection, "/3").read()
        assert plan.struck.is_set()
        assert (["POST /1", "POST /2"] if kind in SERVED else ["POST /1"]) == served


@pytest.mark.parametrize("kind", CUT)
def test_dropped_request_has_no_response(kind: Kind) -> None:
    with between(Fault(kind)) as (_, connection, _), pytest.raises(RemoteDisconnected):
        ask(connection)


def test_truncated_response_lacks_part_of_its_body() -> None:
    with between(Fault("truncated")) as (_, connection, _), pytest.raises(IncompleteRead) as raised:
        ask(connection, body=b"x" * 98).read()

    assert 50 == len(raised.value.partial)


def test_truncated_response_without_a_body_lacks_part_of_its_head() -> None:
    with between(Fault("truncated")) as (server, connection, _):
        answer = ask(connection, method="HEAD")

        assert (["HEAD /"], None) == (server.served, answer.headers["Date"])


@pytest.mark.parametrize(
    ("kind", "status", "begins"),
    [
        ("429", 429, b"{"),
        ("429-retry-after", 429, b"{"),
        ("500", 500, b"{"),
        ("500-after", 500, b"{"),
        ("503", 503, b"{"),
        ("html", 200, b"<!DOCTYPE html>"),
        ("other-json", 200, b'{"surprise"'),
        ("expired", 403, b"{"),
    ],
)
def test_substituted_response_has_its_status(kind: Kind, status: int, begins: bytes) -> None:
    with between(Fault(kind)) as (_, connection, _):
        answer = ask(connection)

        assert status == answer.status
        assert answer.read().startswith(begins)
        assert ("1" if kind == "429-retry-after" else None) == answer.headers["Retry-After"]


def test_lasting_fault_occurs_from_its_request_on() -> None:
    with between(Fault("503", 2, lasting=True)) as (server, connection, _):
        statuses = []
        for number in range(4):
            answer = ask(connection, f"/{number}")
            answer.read()
            statuses.append(answer.status)

        assert [200, 503, 503, 503] == statuses
        assert ["POST /0"] == server.served


def test_requests_are_counted_by_operation() -> None:
    with between(Fault("503", 2, "/b")) as (_, connection, _):
        statuses = []
        for path in ("/b", "/a", "/a", "/b", "/b"):
            answer = ask(connection, path)
            answer.read()
            statuses.append(answer.status)

        assert [200, 200, 200, 503, 200] == statuses


@pytest.mark.parametrize("kind", ["hold-before", "hold-after"])
def test_held_request_continues_when_released(kind: Kind) -> None:
    with between(Fault(kind)) as (server, connection, plan):
        answers: list[bytes] = []
        asking = threading.Thread(target=lambda: answers.append(ask(connection).read()))
        asking.start()
        assert plan.struck.wait(10)
        if kind == "hold-after":
            assert plan.settled.wait(10)
        before = [*server.served]
        plan.released.set()
        asking.join()

        assert before == ([] if kind == "hold-before" else ["POST /"])
        assert ["POST /"] == server.served
        assert [b"<>"] == answers


def test_boto3_sees_faults_as_aws_errors() -> None:
    session = boto3.Session("AKIAIOSFODNN7EXAMPLE", "secret", region_name="eu-west-1")
    once = Config(retries={"total_max_attempts": 1})
    aws = LocalAws(Switches(), lambda: 1_700_000_000.0)
    fault = Fault("expired", 2, lasting=True)
    with serve(aws) as url, fault_proxy(url, aws_operation, fault) as (proxy, plan):
        s3 = session.client("s3", endpoint_url=proxy, config=once)
        packages = session.client("es", endpoint_url=proxy, config=once)
        s3.create_bucket(Bucket="acme", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        codes = []
        for call in (
            lambda: s3.put_object(Bucket="acme", Key="key", Body=b"content"),
            packages.describe_packages,
        ):
            with pytest.raises(ClientError) as raised:
                call()
            codes.append(raised.value.response["Error"]["Code"])
        for client in (s3, packages):
            client.close()

    assert ["ExpiredToken", "ExpiredTokenException"] == codes
    assert ["s3:CreateBucket", "s3:PutObject", "es:DescribePackages"] == plan.operations


def test_github_requests_are_named_by_query_or_path() -> None:
    query = b'{"query": "query Standing($a: String!) { viewer { login } }"}'

    assert "github:Standing" == github_operation("POST", "/graphql", {}, query)
    assert "github:GET /repos/octo/shop/issues/7/comments" == github_operation(
        "GET", "/repos/octo/shop/issues/7/comments?per_page=100", {}, b""
    )


def test_every_kind_of_fault_has_a_test() -> None:
    assert {*BREAKING, "hold-before", "hold-after"} == {*KINDS}
    assert OTHER_JSON
