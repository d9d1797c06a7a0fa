from __future__ import annotations

import pytest
import yaml

from dictionary_deploy.config.yaml_errors import syntax_fault
from dictionary_deploy.errors import Fault


def fault_of(text: str) -> Fault:
    with pytest.raises(yaml.MarkedYAMLError) as error:
        list(yaml.parse(text, yaml.CSafeLoader))
    return syntax_fault(error.value, text, "f.yml")


def test_unclosed_value_is_reported_where_it_begins() -> None:
    assert Fault("f.yml", 2, "The quote that begins here is not closed.", "Close it.", 4) == fault_of(
        "a: b\nc: 'd\ne: f\n"
    )


def test_misplaced_value_is_reported_where_it_is() -> None:
    expected = Fault(
        "f.yml",
        1,
        "A key and its value cannot begin here.",
        "Quote a value that contains a colon and a space, or fix the indentation.",
        5,
    )

    assert expected == fault_of("a: b: c")


def test_tab_in_the_indentation_is_reported() -> None:
    assert Fault(
        "f.yml", 2, "There is a tab here.", "Indent with spaces: YAML does not allow tabs.", 1
    ) == fault_of("a:\n\tb: c")


def test_invalid_first_character_is_reported() -> None:
    assert Fault("f.yml", 2, "A value cannot begin with @ in YAML.", "Quote the value.", 4) == fault_of(
        "é: é\nb: @c"
    )


def test_other_errors_are_the_parsers_own() -> None:
    assert Fault(
        "f.yml", 1, "The YAML parser stopped here: found unknown directive name.", "", 5
    ) == fault_of("%FOO\n---\na")


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_fault_at_the_end_is_on_the_last_line(end: str) -> None:
    text = f"a:\n  - b\n  -c: d\n e{end}"

    assert len(text.splitlines()) >= fault_of(text).line
