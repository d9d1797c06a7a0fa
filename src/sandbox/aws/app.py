"""The local AWS as one WSGI application, with endpoints to inspect it and to inject failures.

It serves the package operations of both APIs; moto serves everything else. It also accepts these
requests, all with JSON:

    GET    /_sandbox/requests   the requests served so far: method, path, operation (`es:UpdatePackage`,
                                `s3:PutObject`; `es:` for both APIs), status
    DELETE /_sandbox/requests   forgets them
    GET    /_sandbox/packages   every version made: package, version, message, bucket, key, sha256
    GET    /_sandbox/switches   the active switches (`sandbox.aws.switches`)
    POST   /_sandbox/switches   sets some of them: {"copy_seconds": 0, "validating": true}
    POST   /_sandbox/NAME       calls the method NAME of `sandbox.aws.failures.Failures` with the
                                members of the object as arguments:
                                fail_copy         {"package": "synonyms", "error_message": "…"}
                                fail_association  {"domain": "search-prod"}
                                fail_operation    {"operation": "s3:PutObject", "code": "SlowDown",
                                                   "path": ".lock", "times": 2}
                                change_domain     {"domain": "search-prod", "seconds": 30}
                                deny_read         {"bucket": "acme", "denied": true}
                                clear             {}
    POST   /_sandbox/NAME       likewise of `sandbox.aws.hold.Holds`, to stop the action at one call:
                                hold              {"operation": "es:UpdatePackage", "when": "after"}
                                held              {"seconds": 10}, which answers when a request is held
                                release           {}

A mistake in these answers 400 with {"message": …}, a path that does not exist 404.
`POST /moto-api/reset` empties everything.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from io import BytesIO
from threading import RLock
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request, Response

from sandbox.aws.answers import error_answer, json_answer
from sandbox.aws.endpoint import Endpoint
from sandbox.aws.engines import Engines
from sandbox.aws.errors import ServiceError
from sandbox.aws.failures import Failures
from sandbox.aws.hold import Holds
from sandbox.aws.moto_services import Caller, MotoServices
from sandbox.aws.operation_names import operation_name
from sandbox.aws.operations import find_operation
from sandbox.aws.package import CopyError
from sandbox.aws.packages import Packages
from sandbox.aws.s3 import S3
from sandbox.aws.switches import Switches

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HOLDS = ("hold", "wait_until_held", "release")
FAILURES = ("fail_copy", "fail_association", "fail_operation", "change_domain", "deny_read", "clear")


class LocalAws:
    """The WSGI application, empty at first. A process has one at a time, since moto's state is global.

    `clock` returns seconds since 1970, for packages and domains; S3 has its own clock. `switches` may be
    replaced at any time.
    """

    def __init__(self, switches: Switches | None = None, clock: Callable[[], float] = time.time) -> None:
        self.switches = switches or Switches()
        self.failures = Failures(clock)
        self.holds = Holds()
        self.requests: list[dict[str, Any]] = []
        self._clock = clock
        self._moto = MotoServices()
        self._s3 = S3(self._moto, lambda: self.switches, self.failures)
        self.endpoints: dict[str, Endpoint] = {}
        """The search engines of domains, by the domain's name."""
        self._engines = Engines(self.endpoints)
        self._callers: dict[tuple[str, str], Caller] = {}
        self._places: dict[tuple[str, str], Packages] = {}
        self._ids = itertools.count(100_000_001)
        self._turn = RLock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        is_ours = request.path.startswith("/_sandbox/")
        response = self._control(request) if is_ours else self._answer(request)
        return response(environ, start_response)

    def versions(self) -> list[dict[str, Any]]:
        """Return all versions with details that the API lacks: object and SHA-256."""
        with self._turn:
            self._settle()
            return [
                {
                    "package": package.name,
                    "package_id": package.id,
                    "version": version.name,
                    "available": version is package.available,
                    "message": version.message,
                    "bucket": version.bucket,
                    "key": version.key,
                    "sha256": version.sha256,
                }
                for packages in self._places.values()
                for package in packages.packages.values()
                for version in package.versions
            ]

    def _answer(self, request: Request) -> Response:
        caller = Caller.of(request)
        # A separate Request: one that has parsed a form does not read its body again.
        operation = operation_name(Request(request.environ), caller.service)
        record: dict[str, Any] = {
            "method": request.method,
            "path": request.full_path.rstrip("?"),
            "operation": operation,
        }
        self.requests.append(record)
        service = operation.partition(":")[0]
        held = self.holds.take(operation, request.path)
        if held == "before":
            self.holds.wait()
        try:
            if refusal := self.failures.take_refusal(operation, request.path):
                raise refusal
            response = self._serve(request, caller, operation)
        except ServiceError as error:
            response = error_answer(service, error)
        if held == "after":
            self.holds.wait()
        record["status"] = response.status_code
        return response

    def _serve(self, request: Request, caller: Caller, name: str) -> Response:
        operation = find_operation(request.method, request.path)
        with self._turn:
            # Finish copies that were due before this request, so that they do not read what it writes.
            self._settle()
            if operation and (serve := _PACKAGE_OPERATIONS.get(operation.name)):
                parameters = operation.parameters(request)
                return json_answer(operation.answer(serve(self._packages(caller), parameters)))
            if request.path == "/moto-api/reset":
                self._places.clear()
        if name.startswith("s3:"):
            return self._s3.answer(request)
        if not name.startswith("es:"):
            return self._moto.answer(request)
        self._engines.check(name, request)
        place = (self._moto.account(caller), caller.region)
        request.environ["wsgi.input"] = BytesIO(request.get_data())  # for moto, which reads it again
        return self._engines.complete(name, place, request, self._moto.answer(request))

    def _settle(self) -> None:
        for place, packages in self._places.items():
            packages.settle()
            for name, endpoint in self.endpoints.items():
                for package_id, version in packages.active_on(name):
                    endpoint.put(
                        package_id,
                        version.name,
                        partial(self._moto.object_bytes, self._callers[place], version.bucket, version.key),
                    )

    def _packages(self, caller: Caller) -> Packages:
        account = self._moto.account(caller)
        place = (account, caller.region)
        if place not in self._places:
            self._callers[place] = caller
            self._places[place] = Packages(
                account=account,
                clock=self._clock,
                switches=lambda: self.switches,
                failures=self.failures,
                read_object=partial(self._read_object, caller),
                has_domain=partial(self._moto.has_domain, caller),
                ids=self._ids,
            )
        return self._places[place]

    def _read_object(self, caller: Caller, bucket: str, key: str) -> str:
        if bucket in self.failures.unreadable_buckets:
            raise CopyError("AccessDenied", "Access Denied")
        return self._moto.read_object(caller, bucket, key)

    def _control(self, request: Request) -> Response:
        name = request.path.removeprefix("/_sandbox/")
        try:
            match request.method, name:
                case "GET", "requests":
                    return json_answer(self.requests)
                case "DELETE", "requests":
                    self.requests.clear()
                case "GET", "packages":
                    return json_answer(self.versions())
                case "GET", "switches":
                    return json_answer(asdict(self.switches))
                case "POST", "switches":
                    self.switches = self.switches.override(request.get_json(force=True))
                case "POST", _ if name in HOLDS:
                    result = getattr(self.holds, name)(**request.get_json(force=True))
                    return json_answer({} if result is None else {"is_held": result})
                case "POST", _ if name in FAILURES:
                    getattr(self.failures, name)(**request.get_json(force=True))
                case _:
                    return json_answer({"message": f"There is no {request.method} {request.path}"}, 404)
        except (BadRequest, TypeError, ValueError, AttributeError) as error:
            return json_answer({"message": str(error)}, 400)
        return json_answer({})


_PACKAGE_OPERATIONS = {
    "CreatePackage": Packages.create_package,
    "UpdatePackage": Packages.update_package,
    "DescribePackages": Packages.describe_packages,
    "GetPackageVersionHistory": Packages.get_package_version_history,
    "AssociatePackage": Packages.associate_package,
    "DissociatePackage": Packages.dissociate_package,
    "ListDomainsForPackage": Packages.list_domains_for_package,
    "ListPackagesForDomain": Packages.list_packages_for_domain,
    "DeletePackage": Packages.delete_package,
}
