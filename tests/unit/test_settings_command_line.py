from __future__ import annotations

import re

import pytest

from dictionary_deploy import __version__
from dictionary_deploy.errors import DeployError
from dictionary_deploy.model import MODES
from dictionary_deploy.settings.command_line import (
    DOCTOR,
    EXAMPLES,
    EXIT_STATUSES,
    MODE_LINES,
    VARIABLES,
    WIDTH,
    parse_command_line,
)
from dictionary_deploy.settings.inputs import INPUTS


@pytest.fixture
def help_text(capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as caught:
        parse_command_line(["--help"])
    assert caught.value.code == 0
    return capsys.readouterr().out


def test_every_mode_and_doctor_have_a_line_of_help(help_text: str) -> None:
    assert {*MODES, DOCTOR} == set(MODE_LINES)
    assert list(MODE_LINES) == re.findall(r"^  (\w+)  ", help_text.partition("positional")[0], re.MULTILINE)


def test_every_input_is_an_option_with_its_default(help_text: str) -> None:
    words = " ".join(help_text.split())

    assert [] == [
        each.name for each in INPUTS if each.name != "mode" and f"--{each.name} {each.metavar}" not in words
    ]
    assert [] == [
        each.default for each in INPUTS[2:] if each.default and f"Default: {each.default}." not in words
    ]


def test_help_has_examples_exit_statuses_and_the_environment(help_text: str) -> None:
    told = [*EXAMPLES, *EXIT_STATUSES, *VARIABLES]

    assert [] == [each for each in told if f"\n  {each}  " not in help_text]


def test_no_line_of_the_help_is_longer_than_a_page(help_text: str) -> None:
    assert [] == [line for line in help_text.splitlines() if len(line) > WIDTH]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_can_be_understood(example: str) -> None:
    arguments = example.partition("dictionary-deploy")[2].partition(">")[0].split()

    assert parse_command_line(arguments)["mode"] in {*MODES, DOCTOR}


def test_no_example_has_a_token_on_the_command_line() -> None:
    assert [] == [example for example in EXAMPLES if "--github-token" in example]


def test_the_options_are_read_by_the_names_of_the_inputs() -> None:
    expected = {each.name: None for each in INPUTS} | {"mode": "plan", "environment": "test", "json": True}

    assert expected == parse_command_line(["--environment", "test", "plan", "--json"])


def test_what_cannot_be_understood_is_refused_and_help_is_pointed_at() -> None:
    with pytest.raises(DeployError) as caught:
        parse_command_line(["--comments", "never"])

    assert "invalid-config" == caught.value.reason
    assert caught.value.message.startswith("The command line cannot be understood: unrecognized arguments")
    assert "`dictionary-deploy --help` lists the options." == caught.value.remedy


def test_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse_command_line(["--version"])

    assert caught.value.code == 0
    assert f"dictionary-deploy {__version__}\n" == capsys.readouterr().out
