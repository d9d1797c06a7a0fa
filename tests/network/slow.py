"""Misbehaving servers on the loopback, plain or with TLS."""

from __future__ import annotations

import contextlib
import itertools
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

MAX_SECONDS = 30.0
"""Seconds after which an endless response ends, so that a waiting test fails in time."""

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"


@dataclass
class Server:
    """The raw requests."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    has_ended: bool = False
    """True if the server ended an endless response because the client did not."""


@contextmanager
def serve_bytes(answer: Iterable[bytes], tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Send `answer` on each connection, piece by piece; an empty piece is a pause of a tenth of a second."""
    over = threading.Event()

    def answer_one(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection, _encrypted(connection, tls) as stream:
            asked = _request(stream)
            server.requests += [asked] * bool(asked)
            began = time.monotonic()
            for piece in answer:
                if over.is_set():
                    break
                if time.monotonic() - began > MAX_SECONDS:
                    server.has_ended = True
                    break
                if piece:
                    stream.sendall(piece)
                else:
                    over.wait(0.1)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                server.connections += 1
                threading.Thread(target=answer_one, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Server(listening.getsockname()[1])
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            over.set()
            listening.shutdown(socket.SHUT_RDWR)


def _request(stream: socket.socket) -> bytes:
    """Read the whole request: closing a connection with unread data resets it."""
    asked = b""
    while piece := stream.recv(65536):
        asked += piece
        head, _, body = asked.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
        if b"\r\n\r\n" in asked and len(body) >= int(length[1] if length else 0):
            break
    return asked


def _encrypted(connection: socket.socket, tls: ssl.SSLContext | None) -> socket.socket:
    return tls.wrap_socket(connection, server_side=True) if tls else connection


@dataclass(frozen=True)
class Repeating:
    """Yield `first`, then `then` repeatedly."""

    first: tuple[bytes, ...]
    then: tuple[bytes, ...]

    def __iter__(self) -> Iterator[bytes]:
        return itertools.chain(self.first, itertools.cycle(self.then))
