"""Limits for PyGithub: a response has a maximum size and time, and no redirect is followed.

By itself PyGithub reads responses of any size, follows redirects with the token, sleeps on status 202, and
retries POST requests.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from http import HTTPStatus
from io import BytesIO
from typing import Any, TypeVar

import github
import requests
from github.Requester import HTTPRequestsConnectionClass, HTTPSRequestsConnectionClass, Requester
from requests.adapters import HTTPAdapter

from dictionary_deploy.clock import GITHUB_SOCKET_SECONDS

T = TypeVar("T")

MAX_RESPONSE_BYTES = 12 * 1024 * 1024
"""Uncompressed. A full page has a hundred comments of up to 64 KiB each."""

MAX_BLOB_BYTES = 144 * 1024 * 1024
"""Uncompressed. GitHub serves blobs of up to 100 MB, in base64."""

BLOCK_BYTES = 256 * 1024

# PyGithub attaches a handler that writes to stderr, past the console and its redaction.
_LOGGER = logging.getLogger("github")
for _handler in tuple(_LOGGER.handlers):
    _LOGGER.removeHandler(_handler)


class LimitError(Exception):
    """A response takes too long, is too large, or is no response of GitHub."""


def bounded_github(token: str, base_url: str, max_seconds: int) -> github.Github:
    """Return PyGithub's client, lazy, without its retries and pauses. Each response is bounded.

    `max_seconds` is the time for one response. `base_url` must be an http or https URL.
    """
    Requester.injectConnectionClasses(_HttpConnection, _HttpsConnection)
    try:
        return github.Github(
            auth=github.Auth.Token(token),
            base_url=base_url,
            timeout=max_seconds,
            user_agent="dictionary-deploy",
            lazy=True,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
        )
    finally:
        # Until the reset, PyGithub opens a connection for each request.
        Requester.resetConnectionClasses()


class BoundedAdapter(HTTPAdapter):
    """Read each response whole, within its maximum of bytes and seconds.

    Raises requests.HTTPError on a redirect and on status 202; requests.RequestException, urllib3's
    HTTPError or LimitError where there is no complete response in JSON.
    """

    def send(
        self, request: requests.PreparedRequest, *args: Any, timeout: Any = None, **options: Any
    ) -> requests.Response:
        """Send the request. `timeout` is the time for the whole response, in seconds."""

        def exchange() -> requests.Response:
            deadline = time.monotonic() + timeout
            options.update(stream=True, timeout=min(timeout, GITHUB_SOCKET_SECONDS))
            with super(BoundedAdapter, self).send(request, *args, **options) as response:
                max_bytes = MAX_BLOB_BYTES if "/git/blobs/" in str(request.url) else MAX_RESPONSE_BYTES
                body = _read(response.raw, max_bytes, deadline)
            return _check_response(response, body)

        return _within(timeout, exchange)


def _within(seconds: float, exchange: Callable[[], T]) -> T:
    """Return what `exchange` returns. Raise LimitError after `seconds`, and leave the thread behind.

    The timeout of a socket starts anew with every byte, also while headers arrive.
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(exchange())
        except BaseException as error:  # noqa: BLE001 - the caller raises it
            future.set_exception(error)

    threading.Thread(target=run, name="github", daemon=True).start()
    try:
        return future.result(seconds)
    except TimeoutError as error:
        if future.done():
            raise
        raise LimitError(f"none within {seconds:.0f} s") from error


def _read(raw: Any, max_bytes: int, deadline: float) -> bytes:
    """Return the body, decompressed. `raw` is urllib3's response."""
    blocks, size = [], 0
    while block := raw.read1(BLOCK_BYTES, decode_content=True):
        blocks.append(block)
        size += len(block)
        if size > max_bytes or time.monotonic() > deadline:
            raise LimitError(f"incomplete after {size:,} bytes")
    return b"".join(blocks)


def _check_response(response: requests.Response, body: bytes) -> requests.Response:
    is_redirect = HTTPStatus.MULTIPLE_CHOICES <= response.status_code < HTTPStatus.BAD_REQUEST
    if is_redirect or response.status_code == HTTPStatus.ACCEPTED:
        raise requests.HTTPError(response=response)
    # PyGithub returns any other text as if it were data: the sign-in page of a proxy, say.
    if response.ok and body.lstrip()[:1] not in {b"", b"{", b"["}:
        raise LimitError("the server responded without JSON")
    response.raw, response.encoding = BytesIO(body), "utf-8"
    return response


class _HttpConnection(HTTPRequestsConnectionClass):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.session.mount("http://", BoundedAdapter())


class _HttpsConnection(HTTPSRequestsConnectionClass):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.session.mount("https://", BoundedAdapter())
