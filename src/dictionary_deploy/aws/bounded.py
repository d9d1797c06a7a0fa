"""AWS's answers within bounds: boto3 waits as long as a byte comes now and then, and reads whatever comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import HTTPClientError

from dictionary_deploy.limits import BLOCK, PATIENCE_SECONDS, Body, LimitError, Raw, in_time, seconds_for

LARGEST_ANSWER = 32 * 1024 * 1024
"""Bytes of an answer that is no object of S3; a page of a hundred packages is far smaller."""

FIRST_ERROR = 300
"""The HTTP status from which on the body says what went wrong, also where an object was asked for."""


def bound(client: Any, patience: float = PATIENCE_SECONDS) -> Any:
    """`client`, whose answers come within bounds from now on; what does not is a botocore HTTPClientError.

    An answer begins within `patience` seconds, and more for what is sent.
    """
    # boto3 has no public way to the connections that it has set up with the environment's proxies and CAs.
    http = client._endpoint.http_session  # noqa: SLF001

    def send(request: Any, **_: object) -> AWSResponse:
        wants_object, request.stream_output = request.stream_output, True  # the body is read here
        size = int(request.headers.get("Content-Length") or 0)
        try:
            answer = in_time(lambda: http.send(request), seconds_for(size, patience))
        except LimitError as error:
            raise HTTPClientError(error=error) from error
        is_object = wants_object and answer.status_code < FIRST_ERROR
        body = _Stream(answer.raw, None if is_object else LARGEST_ANSWER, patience)
        bounded = AWSResponse(answer.url, answer.status_code, answer.headers, body)
        if not is_object:
            bounded.content  # noqa: B018 - reads and keeps it
        return bounded

    client.meta.events.register("before-send", send)
    return client


class _Stream:
    """A body as botocore reads it."""

    def __init__(self, raw: Raw, most: int | None, patience: float) -> None:
        self._raw: Any = raw
        self._body = Body(raw, most, decode=False, patience=patience)

    def read(self, amt: int | None = None) -> bytes:
        try:
            return self._body.read(amt)
        except LimitError as error:
            raise HTTPClientError(error=error) from error

    def stream(self) -> Iterator[bytes]:
        while data := self.read(BLOCK):
            yield data

    def close(self) -> None:
        self._raw.close()
