"""Fakes of boto3's clients: the local AWS's packages and a small S3, without HTTP."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from io import BytesIO
from typing import Any, Protocol, TypeVar

from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from sandbox.aws.errors import ServiceError
from sandbox.aws.packages import Packages

T = TypeVar("T")

TIMES = {"CreatedAt", "LastUpdatedAt", "LastUpdated"}


class Line(Protocol):
    """Sends a call to AWS and returns its response."""

    def call(self, operation: str, perform: Callable[[], T], parameters: Mapping[str, Any]) -> T: ...


class Meta:
    """A fake of the member `meta` of boto3's clients."""

    partition = "aws"


@dataclass
class PackagesClient:
    """A fake of boto3's client for `es` with the operations in use."""

    line: Line
    model: Packages
    domains: tuple[str, ...]
    meta = Meta

    def describe_packages(self, **parameters: Any) -> Any:
        return self._call("es:DescribePackages", self.model.describe_packages, parameters)

    def get_package_version_history(self, **parameters: Any) -> Any:
        return self._call("es:GetPackageVersionHistory", self.model.get_package_version_history, parameters)

    def list_domains_for_package(self, **parameters: Any) -> Any:
        return self._call("es:ListDomainsForPackage", self.model.list_domains_for_package, parameters)

    def create_package(self, **parameters: Any) -> Any:
        return self._call("es:CreatePackage", self.model.create_package, parameters)

    def update_package(self, **parameters: Any) -> Any:
        return self._call("es:UpdatePackage", self.model.update_package, parameters)

    def associate_package(self, **parameters: Any) -> Any:
        return self._call("es:AssociatePackage", self.model.associate_package, parameters)

    def list_domain_names(self) -> Any:
        found = [{"DomainName": name} for name in self.domains]
        return self.line.call("es:ListDomainNames", lambda: {"DomainNames": found}, {})

    def describe_elasticsearch_domains(self, **parameters: Any) -> Any:
        return self.line.call("es:DescribeElasticsearchDomains", lambda: {"DomainStatusList": []}, parameters)

    def _call(self, operation: str, serve: Callable[[Mapping[str, Any]], Any], parameters: Any) -> Any:
        def perform() -> Any:
            try:
                return _with_times(serve(parameters))
            except ServiceError as error:
                raise client_error(error.code, operation, error.status, error.message) from None

        return self.line.call(operation, perform, parameters)


@dataclass
class Stored:
    """An object in S3."""

    body: bytes
    etag: str
    metadata: Mapping[str, str]
    modified: float

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


@dataclass
class S3Client:
    """A fake of boto3's client for S3. Writes are atomic; times are whole seconds."""

    line: Line
    objects: dict[str, Stored]
    clock: Callable[[], float]
    may_list: Callable[[], bool]
    used_for: str = "s3"
    """The names of its operations; those of the lock have their own."""
    meta = Meta

    def put_object(self, **parameters: Any) -> Any:
        body = parameters["Body"]
        data = body if isinstance(body, bytes) else body.read()

        def perform() -> Any:
            found = self.objects.get(parameters["Key"])
            if parameters.get("IfNoneMatch") and found:
                raise client_error("PreconditionFailed", "PutObject", 412)
            if parameters.get("IfMatch") and found is None:
                raise client_error("NoSuchKey", "PutObject", 404)
            if parameters.get("IfMatch") and found.etag != parameters["IfMatch"]:
                raise client_error("PreconditionFailed", "PutObject", 412)
            if parameters.get("ChecksumSHA256", _checksum(data)) != _checksum(data):
                raise client_error("BadDigest", "PutObject", 400)
            etag = hashlib.sha256(data).hexdigest()[:32]
            stored = Stored(data, etag, parameters.get("Metadata", {}), float(int(self.clock())))
            self.objects[parameters["Key"]] = stored
            return {"ETag": etag, "ResponseMetadata": {"HTTPHeaders": {"date": self._date()}}}

        return self.line.call(f"{self.used_for}:PutObject", perform, {**parameters, "Body": data})

    def get_object(self, **parameters: Any) -> Any:
        def perform() -> Any:
            found = self.objects.get(parameters["Key"])
            if found is None and not self.may_list():
                raise client_error("AccessDenied", "GetObject", 403)
            if found is None:
                raise client_error("NoSuchKey", "GetObject", 404)
            size = len(found.body)
            return {
                **self._head(found),
                "Body": StreamingBody(BytesIO(found.body), size),
                "ContentLength": size,
            }

        return self.line.call(f"{self.used_for}:GetObject", perform, parameters)

    def head_object(self, **parameters: Any) -> Any:
        def perform() -> Any:
            found = self.objects.get(parameters["Key"])
            if found is None:
                status = 404 if self.may_list() else 403
                raise client_error(str(status), "HeadObject", status)
            return self._head(found)

        return self.line.call(f"{self.used_for}:HeadObject", perform, parameters)

    def _head(self, found: Stored) -> dict[str, Any]:
        return {
            "ETag": found.etag,
            "LastModified": datetime.fromtimestamp(found.modified, UTC),
            "Metadata": found.metadata,
            "ChecksumSHA256": _checksum(found.body),
            "ResponseMetadata": {"HTTPHeaders": {"date": self._date()}},
        }

    def _date(self) -> str:
        return format_datetime(datetime.fromtimestamp(int(self.clock()), UTC), usegmt=True)


def _checksum(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def client_error(code: str, operation: str, status: int, message: str = "") -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, operation.removeprefix("es:"))


def _with_times(value: Any) -> Any:
    """Return seconds since 1970 as boto3's datetime."""
    if isinstance(value, dict):
        return {
            name: datetime.fromtimestamp(member, UTC) if name in TIMES else _with_times(member)
            for name, member in value.items()
        }
    return [_with_times(each) for each in value] if isinstance(value, list) else value
