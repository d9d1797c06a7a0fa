"""The engine version and the endpoint of each domain.

moto returns the version only in the API that created the domain, and has no search engine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from werkzeug.wrappers import Request, Response

from sandbox.aws.endpoint import Endpoint
from sandbox.aws.errors import validation

MOST_DESCRIBED = 5
"""Maximum domains per call. AWS's message for more is quoted in many forum threads."""

DEFAULTS = {"CreateElasticsearchDomain": "Elasticsearch_7.10", "CreateDomain": "OpenSearch_2.11"}
"""Engine versions for calls without one. AWS's own defaults change with its releases."""

Place = tuple[str, str]
"""An account and a Region."""


class Engines:
    """Stores the engine version of each domain and returns it in the format of either API."""

    def __init__(self, endpoints: Mapping[str, Endpoint]) -> None:
        self._endpoints = endpoints
        self._made: dict[tuple[Place, str], str] = {}

    def check(self, operation: str, request: Request) -> None:
        """Raise ServiceError if a call requests more domains than AWS describes at once."""
        if operation in {"es:DescribeElasticsearchDomains", "es:DescribeDomains"}:
            names = json.loads(request.get_data() or b"{}").get("DomainNames", [])
            if len(names) > MOST_DESCRIBED:
                raise validation(f"Please provide a maximum of {MOST_DESCRIBED} domain names to describe.")

    def complete(self, operation: str, place: Place, request: Request, response: Response) -> Response:
        """Add the version of each domain to the response; return other responses unchanged."""
        name = operation.partition(":")[2]
        if response.status_code != 200 or "Domain" not in name:
            return response
        if name in DEFAULTS:
            self._note(name, place, json.loads(request.get_data()))
        answer = json.loads(response.get_data())
        for status in _statuses(answer):
            engine = self._made.get((place, status["DomainName"]), DEFAULTS["CreateDomain"])
            if "Elasticsearch" in name:
                status["ElasticsearchVersion"] = engine.removeprefix("Elasticsearch_")
            else:
                status["EngineVersion"] = engine
            if endpoint := self._endpoints.get(status["DomainName"]):
                status["Endpoint"] = endpoint.url
        response.set_data(json.dumps(answer))
        return response

    def _note(self, name: str, place: Place, asked: Mapping[str, Any]) -> None:
        version = asked.get("ElasticsearchVersion") or asked.get("EngineVersion") or DEFAULTS[name]
        is_bare = "_" not in version
        self._made[place, asked["DomainName"]] = f"Elasticsearch_{version}" if is_bare else version


def _statuses(answer: Any) -> Iterator[dict[str, Any]]:
    """Return the domains of a response that describes one or several."""
    if isinstance(answer, dict):
        one, several = answer.get("DomainStatus"), answer.get("DomainStatusList")
        yield from [one] if isinstance(one, dict) else several if isinstance(several, list) else []
