"""A proxy that breaks one exchange between a client and a server (see `sandbox.faults`).

Of asyncio's streams, since a WSGI application cannot cut a connection. It speaks as much of HTTP/1.1
as the clients here: connections that stay open, bodies of a known length, `Expect: 100-continue`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from threading import Thread
from urllib.parse import urlsplit

from werkzeug.wrappers import Response

from sandbox.faults import DELAY_SECONDS, RELAYED, SERVED, Fault, NameOf, Plan, broken_answer

LARGEST_HEAD = 1 << 20
BODILESS = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a response: first line, headers by lowercase name, body."""

    first_line: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def method(self) -> str:
        return self.first_line.partition(" ")[0]

    @property
    def target(self) -> str:
        return self.first_line.split(" ")[1]

    @property
    def status(self) -> int:
        return int(self.target)

    @property
    def is_last(self) -> bool:
        """Return True if the connection ends after this message."""
        return self.headers.get("connection", "").lower() == "close"

    @property
    def head(self) -> bytes:
        lines = [self.first_line, *(f"{name}: {value}" for name, value in self.headers.items()), "", ""]
        return "\r\n".join(lines).encode("latin-1")


@contextmanager
def fault_proxy(url: str, name_of: NameOf, fault: Fault | None = None) -> Iterator[tuple[str, Plan]]:
    """Serve a proxy of `url` on 127.0.0.1 while the block runs; the values are its URL and its plan."""
    proxy = _Proxy(url, name_of, Plan(fault))
    started: Future[tuple[str, Callable[[], object]]] = Future()
    thread = Thread(target=lambda: asyncio.run(proxy.run(started)), daemon=True)
    thread.start()
    own_url, stop = started.result()
    try:
        yield own_url, proxy.plan
    finally:
        proxy.plan.released.set()
        stop()
        thread.join()


@dataclass(frozen=True, slots=True)
class _Proxy:
    url: str
    name_of: NameOf
    plan: Plan
    tasks: set[asyncio.Task[None] | None] = field(default_factory=set)
    """References to the tasks, since asyncio drops that of a connection whose client has died."""

    async def run(self, started: Future[tuple[str, Callable[[], object]]]) -> None:
        """Serve until stopped. `started` receives the URL and a function that stops it from any thread."""
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0, limit=LARGEST_HEAD)
        port = server.sockets[0].getsockname()[1]
        started.set_result((f"http://127.0.0.1:{port}", partial(loop.call_soon_threadsafe, stopped.set)))
        await stopped.wait()
        server.close()
        await _end_all()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until either side closes it."""
        self.tasks.add(asyncio.current_task())
        with suppress(asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError), _closing(writer):
            while await self._exchange(await _read(reader, writer), writer):
                pass

    async def _exchange(self, request: Message, writer: asyncio.StreamWriter) -> bool:
        """Forward one exchange; return True if the connection stays open."""
        operation = self.name_of(request.method, request.target, request.headers, request.body)
        kind = self.plan.take(operation)
        if kind == "hold-before":
            await self._hold()
        if kind == "drop-before":
            return False
        if kind is None or kind in SERVED:
            answer = await self._ask(request)
        if kind:
            self.plan.settled.set()
        if kind == "hold-after":
            await self._hold()
        if kind == "delay":
            await asyncio.sleep(DELAY_SECONDS)
        if kind == "drop-after":
            return False
        if kind == "truncated":
            writer.write(_half(answer))
            await writer.drain()
            return False
        if kind and kind not in RELAYED:
            answer = _message(broken_answer(kind, operation), request.method)
        writer.write(answer.head + answer.body)
        await writer.drain()
        return not (request.is_last or answer.is_last)

    async def _ask(self, request: Message) -> Message:
        """Return the server's response."""
        address = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=LARGEST_HEAD)
        headers = {name: value for name, value in request.headers.items() if name != "expect"}
        sent = Message(request.first_line, {**headers, "connection": "close"}, request.body)
        with _closing(writer):
            writer.write(sent.head + sent.body)
            return await _read(reader, None, asked_by=request.method)

    async def _hold(self) -> None:
        await asyncio.to_thread(self.plan.released.wait)


@contextmanager
def _closing(writer: asyncio.StreamWriter) -> Iterator[None]:
    try:
        yield
    finally:
        writer.close()


async def _end_all() -> None:
    """Cancel all other tasks, including those of new connections."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.sleep(0)  # a task that has not begun could not close its connection
        for task in others:
            task.cancel()
        await asyncio.wait(others)
        await asyncio.sleep(0)


async def _read(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter | None, asked_by: str = ""
) -> Message:
    """Read the next request, or the response to one with the method `asked_by`."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first_line, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    message = Message(first_line, headers)
    if writer and headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    if asked_by == "HEAD" or (asked_by and message.status in BODILESS):
        return message
    return Message(first_line, headers, await reader.readexactly(int(headers.get("content-length", 0))))


def _message(answer: Response, asked_by: str) -> Message:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    body = answer.get_data()
    headers["content-length"] = str(len(body))
    return Message(f"HTTP/1.1 {answer.status}", headers, b"" if asked_by == "HEAD" else body)


def _half(answer: Message) -> bytes:
    """Return the response, truncated in its body, or in its head if it has no body."""
    whole, head = answer.head + answer.body, len(answer.head)
    return whole[: head + len(answer.body) // 2] if answer.body else whole[: head // 2]
