"""Environments merged with the top level, in likely combinations."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from dictionary_deploy.config import parse_all, parse_config
from dictionary_deploy.errors import ConfigError
from dictionary_deploy.model import Analyzer, Config

SYNONYMS = {"file": "synonyms.txt", "package": "product-synonyms", "kind": "synonyms"}
STOPWORDS = {"file": "stopwords.txt", "package": "stopwords", "kind": "stopwords"}


def document(environments: dict[str, Any], *dictionaries: dict[str, Any], **top: Any) -> bytes:
    content = {"bucket": "acme", "domains": "associated", **top}
    if dictionaries:
        content["dictionaries"] = list(dictionaries)
    return yaml.safe_dump({**content, "environments": environments}, sort_keys=False).encode()


def configs(environments: dict[str, Any], *dictionaries: dict[str, Any], **top: Any) -> dict[str, Config]:
    parsed = parse_all(document(environments, *dictionaries, **top), "f.yml")
    return {config.environment: config for config in parsed}


def messages(environments: dict[str, Any], *dictionaries: dict[str, Any], **top: Any) -> list[str]:
    with pytest.raises(ConfigError) as error:
        parse_all(document(environments, *dictionaries, **top), "f.yml")
    return [str(fault).partition(": ")[2] for fault in error.value.faults]


# ---------------------------------------------------------------- merging


@pytest.mark.parametrize(
    ("own", "everywhere", "expected"),
    [
        (None, None, "associated"),
        (["search-shop"], None, ("search-shop",)),
        (["search-shop"], "none", "none"),
        (["search-shop"], "associated", "associated"),
        ("none", ["search-prod"], ("search-prod",)),
    ],
)
def test_environment_overrides_the_domains_of_dictionaries(own: Any, everywhere: Any, expected: Any) -> None:
    base = SYNONYMS if own is None else {**SYNONYMS, "domains": own}
    environment = {} if everywhere is None else {"domains": everywhere}

    assert expected == configs({"prod": environment}, base)["prod"].dictionaries[0].domains


def test_override_of_one_dictionary_keeps_the_others() -> None:
    override = {"dictionaries": [{"file": "stopwords.txt", "allow-empty": True}]}

    config = configs({"prod": override}, {**SYNONYMS, "domains": ["search-shop"]}, STOPWORDS)["prod"]

    assert [("search-shop",), "associated"] == [each.domains for each in config.dictionaries]
    assert [False, True] == [each.allow_empty for each in config.dictionaries]


def test_dictionaries_keep_their_order() -> None:
    override = {"dictionaries": [{"file": "stopwords.txt"}, {"file": "synonyms.txt"}]}

    config = configs({"prod": override}, SYNONYMS, STOPWORDS)["prod"]

    assert ["synonyms.txt", "stopwords.txt"] == [each.file for each in config.dictionaries]


def test_lists_and_mappings_are_replaced_whole() -> None:
    base = {**SYNONYMS, "ignore": ["long-rule"], "analyzer": {"tokenizer": "standard", "lowercase": True}}
    override = {"file": "synonyms.txt", "ignore": ["long-term"], "analyzer": {"stopwords": ["the"]}}

    [dictionary] = configs({"prod": {"dictionaries": [override]}}, base)["prod"].dictionaries

    assert ("long-term",) == dictionary.ignore
    assert Analyzer(stopwords=frozenset({"the"})) == dictionary.analyzer


def test_environment_may_have_every_key() -> None:
    production = {"bucket": "acme-prod", "domains": "none", "region": "eu-west-1", "dictionaries": [SYNONYMS]}
    data = yaml.safe_dump({"environments": {"production": production}}).encode()

    config = parse_config(data, "f.yml", "production")

    assert ("acme-prod", "eu-west-1") == (config.bucket, config.region)
    assert ["none"] == [each.domains for each in config.dictionaries]


def test_environment_overrides_take_over() -> None:
    environments = {"prod": {"take-over": True}, "test": {}}

    found = configs(environments, SYNONYMS, {**STOPWORDS, "take-over": False})

    taken = {name: [each.take_over for each in config.dictionaries] for name, config in found.items()}
    assert {"prod": [True, False], "test": [False, False]} == taken


# ---------------------------------------------------------------- faults


def test_override_of_an_unknown_file_is_a_fault() -> None:
    [message] = messages({"prod": {"dictionaries": [STOPWORDS]}}, SYNONYMS)

    assert message.startswith(
        "Environment 'prod' overrides 'stopwords.txt', which has no entry. Add the file"
    )


def test_missing_key_of_some_environments_names_them() -> None:
    def named(package: str) -> dict[str, Any]:
        return {"dictionaries": [{"file": "synonyms.txt", "package": package}]}

    environments = {"test": {}, "stage": {}, "prod": named("synonyms-of-prod")}
    base = {"file": "synonyms.txt", "kind": "synonyms"}

    [message] = messages(environments, base)
    assert message.startswith("Environments 'test', 'stage': 'package' is missing.")


def test_missing_key_of_all_environments_names_none() -> None:
    [message] = messages({"test": {}, "prod": {}}, {"file": "synonyms.txt", "kind": "synonyms"})

    assert message.startswith("'package' is missing.")


def test_duplicate_package_is_a_fault_at_the_later_line() -> None:
    swapped = {"dictionaries": [{"file": "synonyms.txt", "package": "stopwords"}]}

    with pytest.raises(ConfigError) as error:
        parse_all(
            document({"test": {}, "prod": {**swapped, "bucket": "other"}}, SYNONYMS, STOPWORDS), "f.yml"
        )

    [fault] = error.value.faults
    assert (15, True) == (fault.line, "first on line 8" in fault.message)


def test_parse_all_checks_the_selected_environment() -> None:
    data = document({"test": {}, "prod": {}}, SYNONYMS)

    with pytest.raises(
        ConfigError, match=r"Environment 'live' not found\. The environments are: test, prod\."
    ):
        parse_all(data, "f.yml", "live")
    assert ["test", "prod"] == [config.environment for config in parse_all(data, "f.yml", "prod")]


# ---------------------------------------------------------------- environments in conflict

OTHER_FILE = {"dictionaries": [{**SYNONYMS, "file": "others.txt"}]}
THIS_FILE = {"dictionaries": [SYNONYMS]}
BY_ID = {**SYNONYMS, "package": "F123456789"}


def test_two_files_for_one_package_are_a_fault() -> None:
    [message] = messages({"test": THIS_FILE, "prod": {**OTHER_FILE, "prefix": "dictionaries"}})

    assert message.startswith(
        "Environments 'test' and 'prod' deploy two files to the package 'product-synonyms': 'synonyms.txt'"
        " and 'others.txt'. Set another package in one of them: a package holds one file."
    )
    assert message.endswith("set a separate prefix for each.")


@pytest.mark.parametrize("own", [{"bucket": "acme-prod"}, {"prefix": "prod"}])
def test_two_files_with_separate_prefixes_are_valid(own: dict[str, str]) -> None:
    found = configs({"test": THIS_FILE, "prod": {**OTHER_FILE, **own}})

    assert ["synonyms.txt", "others.txt"] == [config.dictionaries[0].file for config in found.values()]


@pytest.mark.parametrize(
    "own", [{}, {"domains": ["search-prod"]}, {"region": "eu-west-1"}, {"prefix": "prod"}]
)
def test_one_file_for_one_package_name_is_valid(own: dict[str, Any]) -> None:
    assert ["test", "prod"] == list(configs({"test": {}, "prod": own}, SYNONYMS))


@pytest.mark.parametrize("own", [{"bucket": "acme-prod"}, {"prefix": "prod"}])
def test_one_package_id_with_two_locks_is_a_fault(own: dict[str, str]) -> None:
    [message] = messages({"test": {}, "prod": own}, BY_ID)

    assert message.startswith(
        "Environments 'test' and 'prod' deploy to the package 'F123456789' with different buckets or"
        " prefixes, so they do not share a lock."
    )


@pytest.mark.parametrize("own", [{}, {"bucket": "acme-prod"}])
def test_two_files_for_one_package_id_are_a_fault(own: dict[str, str]) -> None:
    other = {"dictionaries": [{**BY_ID, "file": "others.txt"}], **own}

    [message] = messages({"test": {"dictionaries": [BY_ID]}, "prod": other})

    assert "'synonyms.txt' and 'others.txt'. Set another package" in message
    assert "prefix" not in message


def test_one_package_id_with_one_lock_is_valid() -> None:
    assert ["test", "prod"] == list(configs({"test": {}, "prod": {"domains": ["search-prod"]}}, BY_ID))


def test_conflict_is_reported_despite_other_faults() -> None:
    lacking = {"dictionaries": [{"package": "product-synonyms"}, {"file": "others.txt"}]}

    found = messages({"lacking": lacking, "test": THIS_FILE, "prod": OTHER_FILE}, bucket=5)
    assert [] == [message for message in found if "deploy two files" in message]

    found = messages({"lacking": lacking, "test": THIS_FILE, "prod": OTHER_FILE})
    assert 1 == len([message for message in found if "'test' and 'prod' deploy two files" in message])


# ---------------------------------------------------------------- packages that environments share


def test_environments_of_one_package_must_assert_one_branch() -> None:
    environments = {"test": {"branch": "next"}, "stage": {}, "prod": {"branch": "main"}}

    [message] = messages(environments, SYNONYMS, STOPWORDS)

    assert message == (
        "Environments 'test' and 'prod' deploy the package 'product-synonyms' from different branches: 'next'"
        " and 'main'. Set the same branch, or another bucket or prefix in one of them."
    )


@pytest.mark.parametrize(
    "prod",
    [
        {"branch": "next"},
        {"branch": "main", "bucket": "acme-prod"},
        {"branch": "main", "prefix": "prod"},
        {
            "branch": "main",
            "dictionaries": [{"file": "synonyms.txt", "package": "prod-synonyms"}],
        },
    ],
)
def test_environments_apart_may_assert_different_branches(prod: dict[str, Any]) -> None:
    parsed = configs({"test": {"branch": "next"}, "prod": prod}, SYNONYMS)

    assert ["next", prod["branch"]] == [config.branch for config in parsed.values()]


OWNER, OTHER_OWNER = "111111111111", "222222222222"


@pytest.mark.parametrize(
    ("test", "prod"),
    [
        ({}, {}),
        ({"region": "eu-west-1"}, {}),
        ({"region": "eu-west-1"}, {"region": "eu-west-1"}),
        ({"expected-bucket-owner": OWNER}, {}),
        ({"expected-bucket-owner": OWNER}, {"expected-bucket-owner": OWNER}),
    ],
)
def test_associated_skips_the_domains_of_others(test: dict[str, Any], prod: dict[str, Any]) -> None:
    named = {**prod, "domains": ["search-prod", "search-a"]}
    third = {**prod, "domains": ["search-prod"]}

    parsed = configs({"test": test, "prod": named, "third": third}, SYNONYMS)

    assert (("search-prod", "prod"), ("search-a", "prod")) == parsed["test"].dictionaries[0].left_out
    assert () == parsed["prod"].dictionaries[0].left_out
    assert () == parsed["test"].warnings


@pytest.mark.parametrize(
    ("test", "prod"),
    [
        ({"region": "eu-west-1"}, {"region": "us-east-1"}),
        ({"expected-bucket-owner": OWNER}, {"expected-bucket-owner": OTHER_OWNER}),
    ],
)
def test_environments_in_other_accounts_or_regions_keep_all_domains(
    test: dict[str, Any], prod: dict[str, Any]
) -> None:
    named = configs({"test": test, "prod": {**prod, "domains": ["search-prod"]}}, SYNONYMS)
    associated = configs({"test": test, "prod": prod}, SYNONYMS)

    assert () == named["test"].dictionaries[0].left_out
    assert () == associated["test"].warnings


def test_other_packages_keep_all_domains() -> None:
    prod = {
        "domains": ["search-prod"],
        "dictionaries": [{"file": "synonyms.txt", "package": "prod-synonyms"}],
    }

    assert () == configs({"test": {}, "prod": prod}, SYNONYMS)["test"].dictionaries[0].left_out


def test_two_environments_with_associated_get_a_warning() -> None:
    third = {"domains": "none"}

    parsed = configs({"test": {}, "prod": {}, "third": third}, SYNONYMS)

    [warning] = parsed["test"].warnings
    assert warning.startswith(
        "The environments test and prod both deploy product-synonyms with `domains: associated`"
    )
    assert [(warning,), ()] == [parsed["prod"].warnings, parsed["third"].warnings]
