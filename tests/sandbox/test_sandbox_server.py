"""The HTTP server below the local AWS and the local GitHub."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from werkzeug.wrappers import Request, Response

from sandbox.server import serve


@Request.application
def app(request: Request) -> Response:
    """Responds by path: the same body, nothing, without reading the body, or a crash."""
    if request.path == "/crash":
        raise RuntimeError("Asked for")
    if request.path == "/nothing":
        return Response(status=204)
    if request.path == "/unread":
        return Response("unread", headers={"Date": "Thu, 01 Jan 1970 00:00:00 GMT"})
    return Response(request.get_data())


@pytest.fixture
def connection() -> Iterator[http.client.HTTPConnection]:
    with serve(app) as url:
        made = http.client.HTTPConnection(str(urlsplit(url).netloc), timeout=10)
        yield made
        made.close()


def ask(connection: http.client.HTTPConnection, path: str, **arguments: object) -> tuple[int, bytes]:
    connection.request("POST", path, **arguments)  # type: ignore[arg-type]  # body and headers, as given
    response = connection.getresponse()
    return response.status, response.read()


def test_connection_serves_several_requests(connection: http.client.HTTPConnection) -> None:
    first = ask(connection, "/echo", body=b"one")
    kept = connection.sock
    assert [(200, b"one"), (200, b"two")] == [first, ask(connection, "/echo", body=b"two")]
    assert kept is connection.sock


def test_unread_body_is_not_the_next_request(
    connection: http.client.HTTPConnection,
) -> None:
    ask(connection, "/unread", body=b"GET /nothing HTTP/1.1\r\n\r\n" * 100_000)
    assert (200, b"next") == ask(connection, "/echo", body=b"next")


def test_chunked_body_is_read(connection: http.client.HTTPConnection) -> None:
    assert (200, b"onetwo") == ask(connection, "/echo", body=iter([b"one", b"two"]))
    assert (200, b"unread") == ask(connection, "/unread", body=iter([b"one", b"two"]))
    assert (200, b"next") == ask(connection, "/echo", body=b"next")


def test_response_without_a_body_has_no_length(connection: http.client.HTTPConnection) -> None:
    assert (204, b"") == ask(connection, "/nothing")
    connection.request("HEAD", "/echo")
    assert b"" == connection.getresponse().read()
    assert (200, b"next") == ask(connection, "/echo", body=b"next")


def test_response_has_one_date_that_the_application_can_set(
    connection: http.client.HTTPConnection,
) -> None:
    connection.request("GET", "/unread")
    response = connection.getresponse()
    response.read()
    assert ["Thu, 01 Jan 1970 00:00:00 GMT"] == response.headers.get_all("Date")


def test_crash_is_a_500_and_is_logged(
    connection: http.client.HTTPConnection, capfd: pytest.CaptureFixture[str]
) -> None:
    assert (500, b"Internal Server Error") == ask(connection, "/crash")
    assert (200, b"next") == ask(connection, "/echo", body=b"next")
    assert "RuntimeError: Asked for" in capfd.readouterr().err


def test_requests_are_not_logged(
    connection: http.client.HTTPConnection, capfd: pytest.CaptureFixture[str]
) -> None:
    ask(connection, "/echo", body=b"")
    assert ("", "") == tuple(capfd.readouterr())


def test_responses_are_delayed_by_the_latency() -> None:
    with serve(app, latency=0.05) as url:
        connection = http.client.HTTPConnection(str(urlsplit(url).netloc), timeout=10)
        begun = time.monotonic()
        ask(connection, "/echo", body=b"")
        connection.close()
    assert time.monotonic() - begun >= 0.05


def test_stopped_server_closes_connections_and_its_port() -> None:
    with serve(app) as url:
        port = urlsplit(url).port or 0
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        ask(connection, "/echo", body=b"")
        kept = connection.sock
    assert b"" == kept.recv(1)
    connection.close()
    with serve(app, port) as again:
        assert again == url
