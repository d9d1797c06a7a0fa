from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dictionary_deploy.config.schema import DICTIONARY, EXPECTATION, SCHEMA, TOP_LEVEL, nearest, schema_faults
from dictionary_deploy.config.yaml_loader import parse_yaml
from dictionary_deploy.errors import Fault

# Where the schema keeps the keys of a level, and the keys.
LEVELS: dict[str, dict[str, Any]] = {
    "#/properties": TOP_LEVEL,
    "#/$defs/dictionary/properties": DICTIONARY,
    "#/$defs/dictionary/properties/analyzer/properties": DICTIONARY["analyzer"]["properties"],
    "#/$defs/dictionary/properties/expect/items/properties": EXPECTATION,
}
DEFINITIONS = [
    pytest.param(f"{path}/{key}", definition, id=f"{path}/{key}")
    for path, level in LEVELS.items()
    for key, definition in level.items()
]


def faults_of(text: str) -> list[Fault]:
    document, _ = parse_yaml(text.encode(), "f.yml")
    assert document is not None
    return list(schema_faults(document, "f.yml"))


def sentences_of(key_and_value: str) -> list[tuple[int, str, str]]:
    """The faults of one more line in an otherwise good entry of `dictionaries`."""
    entry = f"- file: a.txt\n  package: product-synonyms\n  kind: synonyms\n  {key_and_value}\n"
    faults = faults_of(f"bucket: acme\ndomains: none\ndictionaries:\n{entry}")
    return [(fault.line, fault.message, fault.remedy) for fault in faults]


def keywords(schema: Any, keyword: str) -> Iterator[Any]:
    """Every value of `keyword` anywhere in the schema."""
    if isinstance(schema, dict):
        yield from (value for key, value in schema.items() if key == keyword)
        schema = list(schema.values())
    for part in schema if isinstance(schema, list) else ():
        yield from keywords(part, keyword)


def test_schema_is_valid() -> None:
    assert list(Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(SCHEMA)) == []


@pytest.mark.parametrize("pattern", sorted(set(keywords(SCHEMA, "pattern"))))
def test_pattern_covers_the_whole_value(pattern: str) -> None:
    assert pattern[0] + pattern[-1] == "^$"


@pytest.mark.parametrize(("path", "definition"), DEFINITIONS)
def test_every_key_has_a_description_in_sentences(path: str, definition: dict[str, Any]) -> None:
    assert definition["description"].endswith("."), path


@pytest.mark.parametrize(("path", "definition"), DEFINITIONS)
def test_every_key_is_required_or_has_a_default(path: str, definition: dict[str, Any]) -> None:
    said = definition["description"]

    assert ("default" in definition) + said.startswith("Required.") + ("Default: " in said) >= 1, path


@pytest.mark.parametrize(("path", "definition"), DEFINITIONS)
def test_editors_show_the_default_beside_the_description(path: str, definition: dict[str, Any]) -> None:
    shown = definition.get("markdownDescription", definition["description"])
    default = f" Default: `{json.dumps(definition['default'])}`." if "default" in definition else ""

    assert definition["description"] + default == shown, path


def test_mappings_have_no_error_message() -> None:
    mappings = [SCHEMA, *SCHEMA["$defs"].values(), DICTIONARY["analyzer"]]

    assert [] == [each for each in mappings if "additionalProperties" in each and "errorMessage" in each]


def test_keys_described_as_required_are() -> None:
    complete = SCHEMA["then"]
    of_dictionary = complete["properties"]["dictionaries"]["items"]["required"]
    required = {*complete["required"], *of_dictionary, *DICTIONARY["expect"]["items"]["required"]}
    described = {
        key
        for level in LEVELS.values()
        for key, definition in level.items()
        if definition["description"].startswith("Required.")
    }

    assert required == described


@pytest.mark.parametrize(("path", "definition"), DEFINITIONS)
def test_every_key_has_valid_examples_and_defaults(path: str, definition: dict[str, Any]) -> None:
    validator = Draft202012Validator({"$ref": path, "properties": TOP_LEVEL, "$defs": SCHEMA["$defs"]})
    values = definition["examples"] + [value for key, value in definition.items() if key == "default"]

    assert values
    assert [error.message for value in values for error in validator.iter_errors(value)] == []


def test_environment_may_have_every_other_key() -> None:
    assert list(TOP_LEVEL) == [*SCHEMA["$defs"]["environment"]["properties"], "environments"]


def test_fault_is_at_its_key() -> None:
    place = ("f.yml", 5, "'domains' is empty.", 3)

    faults = faults_of("bucket: acme\ndomains: none\ndictionaries:\n- file: a.txt\n  domains: []\n")
    assert place in [(fault.file, fault.line, fault.message, fault.column) for fault in faults]


def test_fault_of_an_item_is_at_the_item() -> None:
    (fault,) = faults_of(
        "bucket: acme\ndomains:\n  - good\n  - Bad\n"
        "dictionaries: [{file: a.txt, package: product-synonyms, kind: synonyms}]\n"
    )

    assert (fault.line, fault.column, fault.message) == (4, 5, "An item of 'domains' cannot be 'Bad'.")


def test_missing_key_is_at_its_mapping() -> None:
    faults = faults_of("bucket: acme\ndomains: none\ndictionaries:\n  - file: a.txt\n    kind: text\n")

    assert set(faults) == {
        Fault("f.yml", 4, "'package' is missing.", 'For example: package: "product-synonyms"', 5)
    }


def test_environments_may_have_the_required_keys() -> None:
    assert faults_of("environments:\n  production: {}\ndictionaries:\n  - file: a.txt\n") == []


def test_file_that_is_no_mapping_is_rejected() -> None:
    assert faults_of("[]") == [
        Fault(
            "f.yml",
            1,
            "The configuration must be a mapping, not a list.",
            "Set at least the keys bucket, domains and dictionaries.",
        )
    ]


def test_value_with_a_yaml_fault_has_no_other_fault() -> None:
    assert sentences_of("create: *alias") == []


@pytest.mark.parametrize(
    ("line", "message", "remedy"),
    [
        ("max_shrink: 1", "Unknown key 'max_shrink'.", "Did you mean 'max-shrink'?"),
        ("bucket: acme", "Unknown key 'bucket'.", "Move it to the top level of the file."),
        (
            "analyzer: {zzz: 1}",
            "Unknown key 'zzz'.",
            "The keys here are: tokenizer, lowercase, stopwords.",
        ),
        ("analyzer: {kind: text}", "Unknown key 'kind'.", "Move it to an entry of 'dictionaries'."),
        ("description: no", "'description' must be a string, not the boolean no.", 'Quote it: "no".'),
        ("description: 1_0", "'description' must be a string, not the number 1_0.", 'Quote it: "1_0".'),
        ("description: 1.50", "'description' must be a string, not the number 1.50.", 'Quote it: "1.50".'),
        (
            "description: 2024-01-31",
            "'description' must be a string, not the date 2024-01-31.",
            'Quote it: "2024-01-31".',
        ),
        (
            "description: [a]",
            "'description' must be a string, not a list.",
            'For example: description: "Product synonyms"',
        ),
        (
            "description:",
            "'description' must be a string, not nothing.",
            'For example: description: "Product synonyms"',
        ),
        ('description: ""', "'description' is empty.", 'For example: description: "Product synonyms"'),
        (
            f"description: {'x' * 1025}",
            "'description' is longer than 1024 characters.",
            'For example: description: "Product synonyms"',
        ),
        ("create: {}", "'create' must be true or false, not a mapping.", "For example: create: true"),
        ("create: 'yes'", "'create' must be true or false, not 'yes'.", "For example: create: true"),
        (
            "max-shrink: 50.0",
            "'max-shrink' must be a whole number, not the number 50.0.",
            "Set a whole number from 0 to 100.",
        ),
        ("max-shrink: 101", "'max-shrink' is above 100.", "Set a whole number from 0 to 100."),
        ("max-shrink: -1", "'max-shrink' is below 0.", "Set a whole number from 0 to 100."),
        ("ignore: [a, b, a]", "'a' is listed twice in 'ignore'.", "Keep one of the two."),
        (
            "ignore: a",
            "'ignore' must be a list, not 'a'.",
            'For example: ignore: ["duplicate-rule"]',
        ),
        (
            "domains: al",
            "'domains' cannot be 'al'.",
            "Set associated, none, or a list of domain names such as [search-prod].",
        ),
        (
            'ignore: ["a\\n"]',
            r"An item of 'ignore' cannot be 'a\n'.",
            "Set a rule's ID as the report shows it: lowercase letters, digits and hyphens.",
        ),
    ],
)
def test_each_fault_has_message_and_remedy(line: str, message: str, remedy: str) -> None:
    assert sentences_of(line) == [(7, message, remedy)]


def test_invalid_value_is_reported_with_the_valid_ones() -> None:
    faults = faults_of("service: open-search\nenvironments: {production: {}}")

    assert [(fault.message, fault.remedy) for fault in faults] == [
        ("'service' cannot be 'open-search'.", "Did you mean 'opensearch'? The values are: es, opensearch.")
    ]


def test_package_id_of_aws_has_its_own_remedy() -> None:
    faults = faults_of(
        "environments: {a: {}}\ndictionaries:\n- {file: a, package: G1}\n- {file: b, package: pkg-0a}"
    )

    assert [(fault.line, "are not dictionaries" in fault.remedy) for fault in faults] == [
        (3, True),
        (4, True),
    ]


@pytest.mark.parametrize("name", ['""', r'"a\nb"'])
def test_invalid_environment_name_is_rejected(name: str) -> None:
    (fault,) = faults_of(f"environments:\n  production: {{}}\n  {name}: {{}}\n")

    remedy = "Use 1 to 255 characters for the name of an environment, and no control characters."
    assert (fault.line, fault.remedy) == (3, remedy)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("environments: {}", "'environments' is empty."),
        (
            "environments: {" + ", ".join(f"e{number}: {{}}" for number in range(51)) + "}",
            "'environments' has more than 50 entries.",
        ),
        ("environments: {a: {dictionaries: []}}", "'dictionaries' is empty."),
        (
            "environments: {a: {dictionaries: ["
            + ", ".join(f"{{file: f{number}}}" for number in range(201))
            + "]}}",
            "'dictionaries' has more than 200 items.",
        ),
    ],
)
def test_too_few_and_too_many_items_are_rejected(text: str, message: str) -> None:
    assert [fault.message for fault in faults_of(text)] == [message]


def test_items_of_different_types_are_compared_quickly() -> None:
    mixed = ", ".join(f"{number}, a{number}" for number in range(2_000))

    assert len(sentences_of(f"domains: [{mixed}]")) > 2_000


def test_similar_word_is_suggested() -> None:
    assert nearest("synonym", ["stopwords", "synonyms"]) == "Did you mean 'synonyms'?"


def test_no_word_is_suggested_for_different_ones() -> None:
    assert nearest("zzz", ["stopwords", "synonyms"]) == ""
