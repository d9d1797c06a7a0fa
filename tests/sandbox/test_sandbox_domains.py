"""Domains and their engines, through both APIs."""

from __future__ import annotations

from served_aws import World, refusal


def engines(world: World, names: list[str]) -> tuple[dict[str, str], dict[str, str]]:
    """By domain, the engine version of the API of 2015 and that of 2021."""
    old = world.client("es").describe_elasticsearch_domains(DomainNames=names)["DomainStatusList"]
    new = world.client("opensearch").describe_domains(DomainNames=names)["DomainStatusList"]
    return (
        {each["DomainName"]: each["ElasticsearchVersion"] for each in old},
        {each["DomainName"]: each["EngineVersion"] for each in new},
    )


def test_each_api_has_its_own_form_of_the_engine_version(world: World) -> None:
    es, opensearch = world.client("es"), world.client("opensearch")
    es.create_elasticsearch_domain(DomainName="old", ElasticsearchVersion="7.4")
    es.create_elasticsearch_domain(DomainName="unsaid")
    opensearch.create_domain(DomainName="new", EngineVersion="OpenSearch_2.5")
    opensearch.create_domain(DomainName="mixed", EngineVersion="Elasticsearch_7.9")

    assert (
        {"old": "7.4", "unsaid": "7.10", "new": "OpenSearch_2.5", "mixed": "7.9"},
        {
            "old": "Elasticsearch_7.4",
            "unsaid": "Elasticsearch_7.10",
            "new": "OpenSearch_2.5",
            "mixed": "Elasticsearch_7.9",
        },
    ) == engines(world, ["old", "unsaid", "new", "mixed", "gone"])
    assert "7.4" == es.describe_elasticsearch_domain(DomainName="old")["DomainStatus"]["ElasticsearchVersion"]


def test_six_domains_are_too_many_for_one_describe(world: World) -> None:
    names = [f"search-{number}" for number in range(6)]
    describe = world.client("es").describe_elasticsearch_domains

    assert ("ValidationException", 400, "Please provide a maximum of 5 domain names to describe.") == refusal(
        describe, DomainNames=names
    )
