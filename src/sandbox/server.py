"""Serve a WSGI application on loopback over persistent HTTP/1.1 connections."""

from __future__ import annotations

import socket
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import IO, TYPE_CHECKING, Any, cast

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Response
from werkzeug.wsgi import LimitedStream

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@contextmanager
def serve(app: WSGIApplication, port: int = 0, latency: float = 0.0) -> Iterator[str]:
    """Serve the application on 127.0.0.1 while the block runs; the value is its URL.

    Port 0 takes a free one. Every response is `latency` seconds late. At the end, open
    connections are closed.
    """
    server = _Server("127.0.0.1", port, app, _Handler)
    server.latency = latency
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.cut_connections()


class _Server(ThreadedWSGIServer):
    latency = 0.0

    def __init__(self, *arguments: Any) -> None:
        self._connections: set[socket.socket] = set()
        super().__init__(*arguments)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def cut_connections(self) -> None:
        for connection in tuple(self._connections):
            with suppress(OSError):  # its client may be faster
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(WSGIRequestHandler):
    """Keeps the connection open, which werkzeug's handler closes after each response."""

    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body go out apart, and an idle client would delay the second

    def run_wsgi(self) -> None:
        environ = self.make_environ()
        if "wsgi.input_terminated" not in environ:
            length = int(environ.get("CONTENT_LENGTH") or 0)
            environ["wsgi.input"] = LimitedStream(cast(IO[bytes], self.rfile), length)
        body = environ["wsgi.input"]
        try:
            response = Response.from_app(self.server.app, environ, buffered=True)
        except Exception:  # noqa: BLE001 - whatever is wrong with the application, its client gets an answer
            traceback.print_exc()
            response = Response("Internal Server Error", 500)
        # The server would parse unread bytes as the next request.
        while body.read(1 << 20):
            pass
        time.sleep(self.server.latency)
        self._send(response)

    def _send(self, response: Response) -> None:
        data = b"".join(response.iter_encoded())
        headers = response.headers
        headers.setdefault("Date", self.date_time_string())
        if self.command != "HEAD" and response.status_code not in {204, 304}:
            headers.setdefault("Content-Length", str(len(data)))
        self.send_response_only(response.status_code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log(self, *_: Any) -> None:
        """Log nothing."""
