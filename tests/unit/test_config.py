from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dictionary_deploy.config import parse_all, parse_config
from dictionary_deploy.config.schema import DICTIONARY, TOP_LEVEL
from dictionary_deploy.errors import ConfigError, Fault
from dictionary_deploy.model import Analyzer, Config, Dictionary, Expectation

DATA = Path(__file__).resolve().parents[1] / "data" / "config"
MISTAKEN = sorted((DATA / "mistaken").glob("*.yml"))

SMALLEST = b"""\
bucket: acme-search-dictionaries
domains: associated
dictionaries:
  - file: search/synonyms.txt
    package: product-synonyms
    kind: synonyms
"""

ENVIRONMENTS = b"""\
bucket: acme-search-dictionaries
domains: none
take-over: true
dictionaries:
  - file: search/synonyms.txt
    package: product-synonyms
    kind: synonyms
    domains: [search-test]
  - file: search/stopwords.txt
    package: product-stopwords
    kind: stopwords
    take-over: false
environments:
  staging: {}
  production:
    bucket: acme-prod
    domains: [search-prod]
    dictionaries:
      - file: search/stopwords.txt
        domains: [search-prod, help-prod]
        package: F123456789
"""


def faults_of(data: bytes, environment: str = "") -> list[Fault]:
    with pytest.raises(ConfigError) as error:
        parse_config(data, "f.yml", environment)
    return list(error.value.faults)


def domains(config: Config) -> list[Any]:
    return [dictionary.domains for dictionary in config.dictionaries]


@pytest.mark.parametrize("file", MISTAKEN, ids=lambda file: file.stem)
def test_every_fault_of_a_file_is_reported_in_order(file: Path) -> None:
    with pytest.raises(ConfigError) as error:
        parse_all(file.read_bytes(), "f.yml")

    expected = file.with_suffix(".expected").read_text(encoding="utf-8").splitlines()
    assert expected == [str(fault).removeprefix("f.yml:") for fault in error.value.faults]


def test_configuration_may_have_every_key() -> None:
    config = parse_config((DATA / "every_key.yml").read_bytes(), ".github/dictionaries.yml", "")

    assert config == Config(
        path=".github/dictionaries.yml",
        bucket="acme-search-dictionaries",
        prefix="search/dictionaries",
        branch="release/2.x",
        service="opensearch",
        region="eu-west-1",
        expected_bucket_owner="123456789012",
        dictionaries=(
            Dictionary(
                file="search/synonyms.txt",
                package="product-synonyms",
                kind="synonyms",
                domains=("search-prod", "help-prod"),
                description="Product synonyms",
                create=True,
                max_shrink=20,
                shrink_to=412,
                allow_empty=True,
                take_over=False,
                ignore=("duplicate-rule", "long-term"),
                engine="opensearch-2.11",
                analyzer=Analyzer(tokenizer="standard", lowercase=True, stopwords=frozenset({"the", "of"})),
                expand=False,
                lenient=True,
                filter="synonym_graph",
                indices=("shop-v3",),
                expect=(
                    Expectation(
                        "laptop",
                        ("notebook",),
                        ("tablet", "desk lamp"),
                        ".github/dictionaries.yml",
                        line=35,
                        column=9,
                    ),
                ),
                line=13,
            ),
            Dictionary(
                file="search/stopwords.txt",
                package="F123456789",
                kind="stopwords",
                domains="none",
                take_over=True,
                indices=("shop-*", ".ds-logs", "help"),
                apply="refresh",
                line=38,
            ),
        ),
    )


@pytest.mark.parametrize("written", ["[the, of]", "the, of", "'the ,of,'"])
def test_stopwords_are_a_list_or_text_with_commas(written: str) -> None:
    data = SMALLEST + f"    analyzer: {{stopwords: {written}}}\n".encode()
    (dictionary,) = parse_config(data.replace(b"the, of}", b'"the, of"}'), "f.yml", "").dictionaries

    assert frozenset({"the", "of"}) == dictionary.analyzer.stopwords


def test_missing_keys_have_the_defaults_of_the_schema() -> None:
    config = parse_config(SMALLEST, "f.yml", "")
    (dictionary,) = config.dictionaries
    top = {key: value["default"] for key, value in TOP_LEVEL.items() if "default" in value}
    own = {key: value["default"] for key, value in DICTIONARY.items() if "default" in value}
    analyzer = own.pop("analyzer")

    found = {"prefix": config.prefix, "service": config.service}
    assert {**found, "take-over": dictionary.take_over, "apply": dictionary.apply} == top
    assert {key: getattr(dictionary, key.replace("-", "_")) for key in own} == {**own, "ignore": ()}
    assert dictionary.analyzer == Analyzer(**{**analyzer, "stopwords": frozenset()})
    assert (config.branch, config.region, config.expected_bucket_owner) == (None, None, None)


def test_package_name_of_28_characters_can_be_created() -> None:
    data = SMALLEST.replace(b"product-synonyms", b"x" * 28) + b"    create: true\n"

    assert parse_config(data, "f.yml", "").dictionaries[0].create


def test_longer_package_name_needs_service_opensearch() -> None:
    data = SMALLEST.replace(b"product-synonyms", b"x" * 29) + b"    create: true\n"

    assert parse_config(b"service: opensearch\n" + data, "f.yml", "").dictionaries[0].create
    assert [fault.line for fault in faults_of(data)] == [5]


def test_longer_package_name_is_valid_without_create() -> None:
    data = SMALLEST.replace(b"product-synonyms", b"x" * 29)

    assert parse_config(data, "f.yml", "").dictionaries[0].package == "x" * 29


def test_environment_overrides_the_top_level() -> None:
    assert parse_config(ENVIRONMENTS, "f.yml", "production").bucket == "acme-prod"


def test_environment_inherits_from_the_top_level() -> None:
    assert parse_config(ENVIRONMENTS, "f.yml", "staging").bucket == "acme-search-dictionaries"


def test_environment_merges_dictionaries_by_file() -> None:
    stopwords = parse_config(ENVIRONMENTS, "f.yml", "production").dictionaries[1]

    assert (stopwords.package, stopwords.kind, stopwords.line) == ("F123456789", "stopwords", 9)


def test_dictionary_overrides_the_domains_of_the_top_level() -> None:
    assert domains(parse_config(ENVIRONMENTS, "f.yml", "staging")) == [("search-test",), "none"]


def test_environment_overrides_domains_of_a_dictionary() -> None:
    expected = [("search-prod",), ("search-prod", "help-prod")]

    assert expected == domains(parse_config(ENVIRONMENTS, "f.yml", "production"))


def test_dictionary_overrides_take_over_of_the_top_level() -> None:
    config = parse_config(ENVIRONMENTS, "f.yml", "staging")

    assert [dictionary.take_over for dictionary in config.dictionaries] == [True, False]


def test_environments_may_have_all_dictionaries() -> None:
    top, dictionaries = SMALLEST.split(b"dictionaries:")
    data = top + b"environments:\n  shop:\n    dictionaries:" + dictionaries.replace(b"\n", b"\n    ")

    assert [dictionary.line for dictionary in parse_config(data, "f.yml", "shop").dictionaries] == [6]


def test_parse_all_returns_environments_in_order() -> None:
    expected = tuple(parse_config(ENVIRONMENTS, "f.yml", name) for name in ("staging", "production"))

    assert expected == parse_all(ENVIRONMENTS, "f.yml")


def test_parse_all_returns_one_without_environments() -> None:
    assert parse_all(SMALLEST, "f.yml") == (parse_config(SMALLEST, "f.yml", ""),)


def test_unknown_environment_is_rejected_with_the_known_names() -> None:
    assert faults_of(ENVIRONMENTS, "prodution") == [
        Fault(
            "f.yml",
            13,
            "Environment 'prodution' not found.",
            "Did you mean 'production'? The environments are: staging, production.",
        )
    ]


def test_missing_environment_is_rejected() -> None:
    assert faults_of(ENVIRONMENTS) == [
        Fault(
            "f.yml",
            13,
            "The configuration has 'environments', but none is selected.",
            "Set the input 'environment'. The environments are: staging, production.",
        )
    ]


def test_environment_is_rejected_for_a_file_without_environments() -> None:
    assert faults_of(SMALLEST, "production") == [
        Fault(
            "f.yml",
            1,
            "Environment 'production' not found: the configuration has no 'environments'.",
            "Remove the input 'environment', or add 'environments'.",
        )
    ]


def test_unknown_environment_is_reported_with_other_faults() -> None:
    data = ENVIRONMENTS.replace(b"acme-prod", b"Acme").replace(b"domains: none", b"domains: all")

    assert [fault.line for fault in faults_of(data, "live")] == [2, 13, 16]


def test_environments_that_are_no_mapping_are_reported_once() -> None:
    assert [fault.line for fault in faults_of(b"bucket: acme\nenvironments: [production]", "production")] == [
        2
    ]


def test_faults_of_other_environments_are_reported() -> None:
    data = ENVIRONMENTS.replace(b"acme-prod", b"Acme")

    assert [fault.line for fault in faults_of(data, "staging")] == [16]


def test_too_many_dictionaries_are_rejected_before_the_merge() -> None:
    entry = b"- {file: f%d, package: p%d, kind: synonyms, domains: none}\n"
    dictionaries = b"".join(entry % (number, number) for number in range(201))
    environments = b"".join(b" e%d: {}\n" % number for number in range(51))
    faults = faults_of(b"dictionaries:\n" + dictionaries + b"environments:\n" + environments, "e1")

    assert "'dictionaries' has more than 200 items." in [fault.message for fault in faults]
    assert "'environments' has more than 50 entries." in [fault.message for fault in faults]


# A good file in which some lines are lost, doubled, or replaced by something else reaches further than noise.
LINES = ENVIRONMENTS.splitlines(keepends=True)
KEYS = [*TOP_LEVEL, *DICTIONARY]
VALUES = [
    "",
    "no",
    "1.5",
    "[]",
    "[a, a, 1]",
    "{}",
    "{file: a}",
    "*a",
    "&a x",
    "2024-01-31",
    "associated",
    "[x",
    "!t",
]
OTHER_LINES = st.builds(
    lambda indent, key, value: f"{' ' * indent}{key}: {value}\n".encode(),
    st.integers(0, 8),
    st.sampled_from(KEYS),
    st.sampled_from(VALUES),
)
MISTAKES = st.lists(
    st.tuples(st.integers(0, len(LINES) - 1), st.one_of(st.just(b""), OTHER_LINES)), max_size=5
)


def with_mistakes(mistakes: list[tuple[int, bytes]]) -> bytes:
    lines = list(LINES)
    for index, line in mistakes:
        lines[index] = line
    return b"".join(lines)


# Any YAML at all, from values of the types that a configuration is made of.
DOCUMENTS = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dates(), st.sampled_from(KEYS)
    ),
    lambda children: st.one_of(
        st.lists(children, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text()), children, max_size=6),
    ),
    max_leaves=30,
).map(lambda document: yaml.dump(document).encode())


@settings(max_examples=150)
@given(st.one_of(st.binary(), MISTAKES.map(with_mistakes), DOCUMENTS))
@example(b"[" * 200_000)
def test_any_bytes_give_a_configuration_or_faults(data: bytes) -> None:
    configs: tuple[Config, ...] = ()
    faults: tuple[Fault, ...] = ()
    try:
        configs = parse_all(data, "f.yml")
    except ConfigError as error:
        faults = error.faults

    places = [(fault.line, fault.column) for fault in faults]
    assert bool(configs) != bool(faults)
    assert places == sorted(places)
    assert len(set(faults)) == len(faults)


def test_indices_of_the_top_level_apply_where_they_have_an_effect() -> None:
    data = SMALLEST + b"  - {file: b.txt, package: package-b, kind: text}\n"
    data += b"  - {file: c.txt, package: package-c, kind: stopwords, indices: []}\nindices: [shop]\n"

    dictionaries = parse_config(data, "f.yml", "").dictionaries

    assert [("shop",), (), ()] == [dictionary.indices for dictionary in dictionaries]
