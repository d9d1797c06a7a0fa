from __future__ import annotations

import re

import pytest

from dictionary_deploy import __version__
from dictionary_deploy.errors import DeployError
from dictionary_deploy.model import MODES
from dictionary_deploy.settings.command_line import (
    COMMAND_OPTIONS,
    COMMANDS,
    DEFAULT_VERSIONS,
    EXAMPLES,
    EXIT_STATUSES,
    MODE_LINES,
    VARIABLES,
    WIDTH,
    parse_command_line,
)
from dictionary_deploy.settings.inputs import DEFAULT_LIMIT, INPUTS


@pytest.fixture
def help_text(capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as caught:
        parse_command_line(["--help"])
    assert caught.value.code == 0
    return capsys.readouterr().out


def test_help_has_every_mode_and_doctor(help_text: str) -> None:
    assert {*MODES, *COMMANDS} == set(MODE_LINES)
    assert list(MODE_LINES) == re.findall(r"^  (\w+)  ", help_text.partition("positional")[0], re.MULTILINE)


def test_help_has_every_input_with_its_default(help_text: str) -> None:
    words = " ".join(help_text.split())

    assert [] == [
        each.name for each in INPUTS if each.name != "mode" and f"--{each.name} {each.metavar}" not in words
    ]
    assert [] == [
        each.default for each in INPUTS[2:] if each.default and f"Default: {each.default}." not in words
    ]


def test_help_has_examples_exit_statuses_and_the_environment(help_text: str) -> None:
    terms = [*EXAMPLES, *EXIT_STATUSES, *VARIABLES]

    assert [] == [each for each in terms if f"\n  {each}  " not in help_text]


def test_help_has_a_maximum_width(help_text: str) -> None:
    assert [] == [line for line in help_text.splitlines() if len(line) > WIDTH]


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_can_be_parsed(example: str) -> None:
    arguments = example.partition("dictionary-deploy")[2].partition(">")[0].split()

    assert parse_command_line(arguments)["mode"] in {*MODES, *COMMANDS}


def test_examples_have_no_token_on_the_command_line() -> None:
    assert [] == [example for example in EXAMPLES if "--github-token" in example]


def test_options_have_the_names_of_the_inputs() -> None:
    expected = {each.name: None for each in INPUTS} | {"mode": "plan", "environment": "test", "json": True}
    expected |= dict.fromkeys(COMMAND_OPTIONS, "") | {
        "limit": DEFAULT_LIMIT,
        "versions": DEFAULT_VERSIONS,
        "markdown": False,
        "fix": False,
    }

    assert expected == parse_command_line(["--environment", "test", "plan", "--json"])


def test_invalid_command_line_is_rejected_with_a_pointer_to_help() -> None:
    with pytest.raises(DeployError) as caught:
        parse_command_line(["--comments", "never"])

    assert "invalid-config" == caught.value.reason
    assert caught.value.message.startswith("Invalid command line: unrecognized arguments")
    assert "Run `dictionary-deploy --help` for the options." == caught.value.remedy


def test_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse_command_line(["--version"])

    assert caught.value.code == 0
    assert f"dictionary-deploy {__version__}\n" == capsys.readouterr().out
