from __future__ import annotations

from dataclasses import replace

import pytest

from dictionary_deploy.errors import DeployError
from dictionary_deploy.events.trigger import Trigger
from dictionary_deploy.model import Config, Mode
from dictionary_deploy.run.selection import select
from dictionary_deploy.settings import parse_settings
from tests.unit.situation import DICTIONARY

NAMES = ("search/synonyms.txt", "search/stopwords.txt")
CONFIG = Config(
    path="dictionaries.yml",
    bucket="acme",
    prefix="dictionaries",
    branch=None,
    service="es",
    region=None,
    expected_bucket_owner=None,
    dictionaries=tuple(replace(DICTIONARY, file=file, max_shrink=20) for file in NAMES),
)


def selected(*options: str, mode: Mode = "deploy") -> tuple[list[str], list[tuple[str, str]]]:
    config, left_out = select(CONFIG, parse_settings(options, {}), Trigger(mode, "main", "c" * 40))
    files = [dictionary.file for dictionary in config.dictionaries]
    return files, [(result.dictionary.file, result.outcome_name) for result in left_out]


def test_without_only_all_dictionaries_are_selected() -> None:
    assert ([*NAMES], []) == selected()


@pytest.mark.parametrize(("mode", "outcome"), [("deploy", "skipped"), ("plan", "would-be-skipped")])
def test_only_skips_the_other_dictionaries(mode: Mode, outcome: str) -> None:
    assert ([NAMES[1]], [(NAMES[0], outcome)]) == selected("--only", NAMES[1], mode=mode)


@pytest.mark.parametrize(
    ("file", "remedy"),
    [
        ("search/synonym.txt", "Did you mean search/synonyms.txt?"),
        ("x", f"Its files are: {', '.join(NAMES)}."),
    ],
)
def test_only_refuses_files_that_the_configuration_lacks(file: str, remedy: str) -> None:
    with pytest.raises(DeployError) as caught:
        selected("--only", NAMES[0], "--only", file)

    assert ("invalid-config", remedy) == (caught.value.reason, caught.value.remedy)
    assert f"`only` has files that are missing in dictionaries.yml: {file}." == caught.value.message


@pytest.mark.parametrize(("value", "limit"), [("true", 100), ("false", 20)])
def test_allow_shrink_lifts_the_limit_of_all_dictionaries(value: str, limit: int) -> None:
    config, _ = select(CONFIG, parse_settings(["--allow-shrink", value], {}), Trigger("deploy", "main"))

    assert {limit} == {dictionary.max_shrink for dictionary in config.dictionaries}
