"""The domain operations, through both APIs."""

from __future__ import annotations

import json

import pytest

from dictionary_deploy.aws.domains import MAX_DOMAINS_PER_CALL, AwsDomains, endpoint_url
from dictionary_deploy.errors import AwsError, UnclearError
from dictionary_deploy.model import Service
from tests.aws.conftest import Connect
from tests.aws.served import Aws, answer, serve_answers


@pytest.fixture(params=["es", "opensearch"])
def service(request: pytest.FixtureRequest) -> Service:
    chosen: Service = request.param
    return chosen


@pytest.fixture
def domains(aws: Aws, connect: Connect, service: Service) -> AwsDomains:
    """Return the adapter on each of the APIs."""
    return AwsDomains(connect(aws.url, service).reads, service)


def test_domains_are_listed_by_name(aws: Aws, domains: AwsDomains) -> None:
    assert () == domains.names()
    for name in ("search-us", "search-eu"):
        aws.clients.reads.create_elasticsearch_domain(DomainName=name)

    assert ("search-eu", "search-us") == domains.names()


def test_engine_of_each_domain_is_returned_for_any_number(
    aws: Aws, domains: AwsDomains, service: Service
) -> None:
    names = [f"search-{number}" for number in range(MAX_DOMAINS_PER_CALL + 1)]
    for name in names:
        aws.clients.reads.create_elasticsearch_domain(DomainName=name, ElasticsearchVersion="7.4")

    engine = {"es": "7.4", "opensearch": "Elasticsearch_7.4"}[service]
    assert dict.fromkeys(names, engine) == domains.engines(names)


def test_missing_permission_is_named(aws: Aws, domains: AwsDomains, service: Service) -> None:
    action = {"es": "es:DescribeElasticsearchDomains", "opensearch": "es:DescribeDomains"}[service]
    aws.local.failures.fail_operation(action, "AccessDeniedException", times=2)
    aws.local.failures.fail_operation("es:ListDomainNames", "AccessDeniedException")

    with pytest.raises(AwsError) as names:
        domains.names()
    with pytest.raises(AwsError) as engines:
        domains.engines(["search-eu"])

    assert "Grant es:ListDomainNames on * to the role." == names.value.remedy
    assert f"Grant {action} on arn:aws:es:*:*:domain/* to the role." == engines.value.remedy


def test_response_without_a_list_is_malformed(connect: Connect) -> None:
    with serve_answers(answer(200, b"{}"), answer(200, b"{}")) as told:
        adapter = AwsDomains(connect(told.url, attempts=1).reads, "es")
        with pytest.raises(UnclearError):
            adapter.names()
        with pytest.raises(UnclearError):
            adapter.engines(["search-eu"])


def test_endpoint_is_a_url_also_in_a_vpc(connect: Connect, service: Service) -> None:
    statuses = [
        {"DomainName": "search-a", "Endpoint": "search-a.es.amazonaws.com"},
        {"DomainName": "search-b", "Endpoints": {"vpc": "vpc-b.es.amazonaws.com"}},
        {"DomainName": "search-c", "Endpoint": "http://127.0.0.1:9200/"},
        {"DomainName": "search-d"},
    ]
    body = json.dumps({"DomainStatusList": statuses}).encode()
    with serve_answers(answer(200, body)) as told:
        found = AwsDomains(connect(told.url, service).reads, service).endpoints(["search-a"])

    assert found == {
        "search-a": "https://search-a.es.amazonaws.com",
        "search-b": "https://vpc-b.es.amazonaws.com",
        "search-c": "http://127.0.0.1:9200",
    }


@pytest.mark.parametrize(
    ("host", "aws_url", "url"),
    [
        ("search-eu.es.amazonaws.com", "https://es.amazonaws.com", "https://search-eu.es.amazonaws.com"),
        ("http://127.0.0.1:9200/", "http://127.0.0.1:4566", "http://127.0.0.1:9200"),
        ("http://search-eu.example.com", "https://es.amazonaws.com", ""),
        ("search-eu@example.com/", "https://es.amazonaws.com", ""),
        (
            "https://search-eu.example.com:443",
            "https://es.amazonaws.com",
            "https://search-eu.example.com:443",
        ),
    ],
)
def test_endpoint_has_no_plain_http_unless_aws_itself_has(host: str, aws_url: str, url: str) -> None:
    assert url == endpoint_url({"Endpoints": {"vpc": host}}, aws_url)
    assert "" == endpoint_url({}, aws_url)
