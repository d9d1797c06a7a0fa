from __future__ import annotations

import pytest
import yaml

from dictionary_deploy.config.yaml_errors import syntax_fault
from dictionary_deploy.errors import Fault


def fault_of(text: str) -> Fault:
    with pytest.raises(yaml.MarkedYAMLError) as error:
        list(yaml.parse(text, yaml.CSafeLoader))
    return syntax_fault(error.value, text, "f.yml")


def test_what_is_not_closed_is_shown_where_it_begins() -> None:
    assert Fault("f.yml", 2, "The quote that begins here is not closed.", "Close it.", 4) == fault_of(
        "a: b\nc: 'd\ne: f\n"
    )


def test_what_cannot_stand_where_it_is_is_shown_there() -> None:
    expected = Fault(
        "f.yml",
        1,
        "A key and its value cannot begin here.",
        "Quote a value that has a colon and a space in it, or mend the indentation.",
        5,
    )

    assert expected == fault_of("a: b: c")


def test_a_tab_in_the_indentation_is_named() -> None:
    assert Fault("f.yml", 2, "A tab stands here.", "Indent with spaces: YAML allows no tabs.", 1) == fault_of(
        "a:\n\tb: c"
    )


def test_a_character_that_no_value_begins_with_is_named() -> None:
    assert Fault("f.yml", 2, "A value cannot begin with @ in YAML.", "Quote the value.", 4) == fault_of(
        "é: é\nb: @c"
    )


def test_any_other_complaint_is_the_parsers_own() -> None:
    assert Fault(
        "f.yml", 1, "The YAML parser stopped here: found unknown directive name.", "", 5
    ) == fault_of("%FOO\n---\na")


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_the_end_of_the_file_is_its_last_line(end: str) -> None:
    text = f"a:\n  - b\n  -c: d\n e{end}"

    assert len(text.splitlines()) >= fault_of(text).line
