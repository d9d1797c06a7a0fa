"""The choices of `init`, and the text of its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dictionary_deploy.config import parse_config
from dictionary_deploy.init.choose import Choice, choose, kind_of, likely_files
from dictionary_deploy.init.texts import config_text, workflow_text

EXAMPLE = Path(__file__).parents[2] / "examples" / "deploy.yml"
ROLES = "arn:aws:iam::123456789012:role/"
DEPLOY, PLAN = f"{ROLES}dictionaries-deploy", f"{ROLES}dictionaries-plan"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("search/Synonyms_en.txt", "synonyms"),
        ("wn_synonyms.pl", "wordnet-synonyms"),
        ("stop-words.txt", "stopwords"),
        ("protwords.txt", "protected-words"),
        ("user_dict.csv", "kuromoji-user-dictionary"),
        ("readme.txt", ""),
    ],
)
def test_kind_follows_from_a_name(name: str, kind: str) -> None:
    assert kind == kind_of(name)


def test_likely_files_have_a_known_extension_and_no_hidden_folder() -> None:
    files = [".github/synonyms.txt", "docs/synonyms.md", "a/synonyms.txt", "a/other.txt"]

    assert [("a/synonyms.txt", "synonyms")] == likely_files(files)


def test_names_that_yaml_cannot_have_are_no_likely_files() -> None:
    files = ["synonyms\udcff.txt", "a\nsynonyms.txt", "synonyms\x7f.txt"]

    assert [] == likely_files(files)


def test_name_with_an_emoji_is_read_as_it_is() -> None:
    text = config_text("acme", "main", choose(["\N{GRINNING FACE} synonyms.txt"], []), ["null"])

    [dictionary] = parse_config(text.encode(), "", "").dictionaries
    assert ("\N{GRINNING FACE} synonyms.txt", ("null",)) == (dictionary.file, dictionary.domains)


@pytest.mark.parametrize(
    ("files", "packages", "choices"),
    [
        (
            [],
            [],
            [
                Choice(
                    "search/product-synonyms.txt", "product-synonyms", "synonyms", creates=True, exists=False
                )
            ],
        ),
        ([], ["shop-words"], [Choice("search/shop-words.txt", "shop-words", "synonyms", exists=False)]),
        (
            ["s/synonyms.txt"],
            ["product-synonyms"],
            [Choice("s/synonyms.txt", "product-synonyms", "synonyms")],
        ),
        (
            ["s/stopwords.txt", "s/synonyms.txt"],
            ["product-synonyms"],
            [
                Choice("s/stopwords.txt", "stopwords", "stopwords", creates=True),
                Choice("s/synonyms.txt", "product-synonyms", "synonyms"),
            ],
        ),
        (
            ["de/synonyms-de.txt", "en/synonyms-en.txt"],
            ["synonyms-en", "synonyms-de"],
            [
                Choice("de/synonyms-de.txt", "synonyms-de", "synonyms"),
                Choice("en/synonyms-en.txt", "synonyms-en", "synonyms"),
            ],
        ),
        (
            ["de/synonyms.txt", "en/synonyms.txt"],
            [],
            [
                Choice("de/synonyms.txt", "synonyms", "synonyms", creates=True),
                Choice("en/synonyms.txt", "en-synonyms", "synonyms", creates=True),
            ],
        ),
        (
            ["1_synonyms.txt"],
            [],
            [Choice("1_synonyms.txt", "dictionary-1-synonyms", "synonyms", creates=True)],
        ),
        (["ä_stem.txt"], [], [Choice("ä_stem.txt", "stem", "stemmer-override", creates=True)]),
    ],
)
def test_entries_have_the_likely_files_and_packages(
    files: list[str], packages: list[str], choices: list[Choice]
) -> None:
    assert choices == choose(files, packages)


def test_new_packages_have_names_that_aws_allows() -> None:
    files = [
        "a/char.txt",
        f"{'very-' * 9}synonyms.txt",
        f"x/{'very-' * 9}synonyms.txt",
        "stem.csv",
        "stem.txt",
    ]
    found = choose([*files, "x/stem.pl", "x/stem.xml"], ["other"])

    assert all(3 <= len(choice.package) <= 28 for choice in found)
    assert len({choice.package for choice in found}) == len(found)


def test_configuration_is_valid_and_has_all_entries() -> None:
    choices = [
        Choice("search/ä b.txt", "product-synonyms", "synonyms"),
        Choice("stopwords.txt", "stopwords", "stopwords", creates=True),
    ]
    one, several = (
        parse_config(config_text("acme-dictionaries", "yes", choices, domains).encode(), "c.yml", "")
        for domains in (("search-prod",), ("search-prod", "search-test"))
    )

    assert ["search/ä b.txt", "stopwords.txt"] == [each.file for each in one.dictionaries]
    assert ("yes", ("search-prod",), True) == (
        one.branch,
        one.dictionaries[1].domains,
        one.dictionaries[1].create,
    )
    assert "associated" == several.dictionaries[1].domains
    assert "# domains: [search-prod] #" in config_text("acme-dictionaries", "main", choices, ())


def test_workflow_is_the_one_of_the_quick_start() -> None:
    assert EXAMPLE.read_text("utf-8") == workflow_text("main", "eu-west-1", DEPLOY, PLAN)


def test_workflow_names_another_branch_and_other_roles() -> None:
    text = workflow_text(
        "release",
        "eu-west-1",
        "arn:aws:iam::1:role/a",
        "arn:aws:iam::2:role/b",
        config="a.yml",
        branch="release",
    )

    workflow: dict[Any, Any] = yaml.safe_load(text)
    *_, sign_in, action = workflow["jobs"]["dictionaries"]["steps"]
    assert {"config": "a.yml", "branch": "release"} == action["with"]
    assert "'arn:aws:iam::2:role/b' || 'arn:aws:iam::1:role/a'" in sign_in["with"]["role-to-assume"]
