"""Read the names, engines and endpoints of the domains in one account and Region.

Only reports need them. Without the two permissions, some sentences are missing in the report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dictionary_deploy.aws.errors import Call, translate_errors
from dictionary_deploy.aws.packages import items_of
from dictionary_deploy.model import Service

MAX_DOMAINS_PER_CALL = 5
"""Domains that AWS describes in one call. It rejects more with a ValidationException."""

HOST = re.compile(r"(?:https://)?[A-Za-z0-9.-]+(?::[0-9]+)?")
"""The endpoint of a domain, as AWS returns it."""


@dataclass(frozen=True, slots=True)
class AwsDomains:
    """The domains of one account and Region. Every method may raise AwsError."""

    reads: Any
    service: Service

    def names(self) -> tuple[str, ...]:
        """Return the names of all domains, sorted. AWS returns them on one page."""
        call = Call("es:ListDomainNames", "*", "all domains", "association-failed")
        with translate_errors(call):
            response = self.reads.list_domain_names()
        return tuple(
            sorted(str(each.get("DomainName", "")) for each in items_of(call, response, "DomainNames"))
        )

    def engines(self, names: Sequence[str]) -> dict[str, str]:
        """Return the engine version by domain, as AWS spells it: `7.10`, `OpenSearch_2.11`."""
        member = "ElasticsearchVersion" if self.service == "es" else "EngineVersion"
        return {name: str(domain.get(member, "")) for name, domain in self._describe(names)}

    def endpoints(self, names: Sequence[str]) -> dict[str, str]:
        """Return the URL of each domain's endpoint; in a VPC, that of the VPC."""
        return {
            name: url
            for name, domain in self._describe(names)
            if (url := endpoint_url(domain, self.reads.meta.endpoint_url))
        }

    def _describe(self, names: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        is_es = self.service == "es"
        action = "es:DescribeElasticsearchDomains" if is_es else "es:DescribeDomains"
        call = Call(
            action, f"arn:{self.reads.meta.partition}:es:*:*:domain/*", "the domains", "association-failed"
        )
        describe = self.reads.describe_elasticsearch_domains if is_es else self.reads.describe_domains
        for first in range(0, len(names), MAX_DOMAINS_PER_CALL):
            with translate_errors(call):
                response = describe(DomainNames=[*names[first : first + MAX_DOMAINS_PER_CALL]])
            for domain in items_of(call, response, "DomainStatusList"):
                yield str(domain.get("DomainName", "")), domain


def endpoint_url(domain: Mapping[str, Any], aws_url: str) -> str:
    """Return the endpoint's URL; empty while the domain is being created.

    AWS returns the name of the host alone. A local AWS may return a URL, also without TLS: only then are
    credentials sent over plain HTTP.
    """
    in_vpc = domain.get("Endpoints")
    host = str(domain.get("Endpoint") or (in_vpc.get("vpc") if isinstance(in_vpc, dict) else "") or "")
    if host.startswith("http://") and aws_url.startswith("http://"):
        return host.rstrip("/")
    return f"https://{host.removeprefix('https://')}" if HOST.fullmatch(host) else ""
