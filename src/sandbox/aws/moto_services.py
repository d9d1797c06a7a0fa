"""The services that moto serves, and the package operations' queries of them.

Only moto's public server application is used. moto keeps its state per process: there is one local
AWS in a process at a time.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from threading import Lock
from urllib.parse import quote
from xml.etree import ElementTree as ET

from moto.server import (  # type: ignore[attr-defined]  # moto's own command imports them there too
    DomainDispatcherApplication,
    create_backend_app,
)
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Request, Response

from sandbox.aws.package import CopyError

_ONE_BY_ONE = Lock()
"""moto checks If-Match and If-None-Match before it writes: this lock makes both atomic. moto also closes the
content that a write replaces, which another request may be reading."""
_APPLICATION = DomainDispatcherApplication(create_backend_app)
"""Shared, like moto's state: werkzeug takes long to compile its routes."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The signer of a request, its Region and service; unsigned requests are for S3."""

    access_key: str = "unsigned"
    region: str = "us-east-1"
    service: str = "s3"

    @classmethod
    def of(cls, request: Request) -> Caller:
        """Parse the credential scope of a Signature Version 4."""
        signed = re.search(
            r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/", request.headers.get("Authorization", "")
        )
        return cls(*signed.groups()) if signed else cls()

    def headers(self, service: str) -> dict[str, str]:
        """Return the headers that identify this caller to moto."""
        scope = f"{self.access_key}/20200101/{self.region}/{service}/aws4_request"
        return {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}


class MotoServices:
    """moto's application, empty at first."""

    def __init__(self) -> None:
        self._application = _APPLICATION
        self._send(Caller(), "s3", "/moto-api/reset", "POST")

    def answer(self, request: Request) -> Response:
        with _ONE_BY_ONE:
            return Response.from_app(self._application, request.environ, buffered=True)

    def account(self, caller: Caller) -> str:
        """Return the caller's account ID."""
        query = "Action=GetCallerIdentity&Version=2011-06-15"
        identity = self._send(caller, "sts", f"/?{query}", "POST")
        return ET.fromstring(identity.data).findtext(".//{*}Account", "")

    def has_domain(self, caller: Caller, name: str) -> bool:
        return self._send(caller, "es", f"/2015-01-01/es/domain/{name}", "GET").status_code == 200

    def read_object(self, caller: Caller, bucket: str, key: str) -> str:
        """Return the SHA-256 of the object; raise CopyError if the package service could not copy it."""
        return hashlib.sha256(self.object_bytes(caller, bucket, key)).hexdigest()

    def object_bytes(self, caller: Caller, bucket: str, key: str) -> bytes:
        """Return the bytes of the object; raise CopyError likewise."""
        found = self._send(caller, "s3", f"/{bucket}/{quote(key)}", "GET")
        if found.status_code == 403 and not found.data:  # moto's answer where a bucket's policy denies it
            raise CopyError("AccessDenied", "Access Denied")
        if found.status_code != 200:
            error = ET.fromstring(found.data)
            raise CopyError(error.findtext("Code", ""), error.findtext("Message", ""))
        if found.headers.get("x-amz-server-side-encryption") == "aws:kms":
            raise CopyError("AccessDenied", f"s3://{bucket}/{key} is under a KMS key, which cannot be used.")
        return bytes(found.data)

    def _send(self, caller: Caller, service: str, path: str, method: str) -> TestResponse:
        client = Client(self._application, use_cookies=False)
        with _ONE_BY_ONE:
            return client.open(path, method=method, headers=caller.headers(service))
