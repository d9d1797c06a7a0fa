"""An issue about a dictionary, as GitHub writes what a form was filled with, becomes a test as it is."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.rules.from_issue import FORM, RULES, IssueError, answers, files, main
from tests.unit.test_dictionaries_rules import found

LONE = "`the` is the only term of its rule, which does nothing. Add its synonyms, or remove the line."
FILLED_IN = {
    "rule": "lone-term",
    "kind": "synonyms",
    "file": "laptop, notebook\nthe",
    "form": "the file itself",
    "expected": f"2:1 warning {LONE}",
    "options": "",
    "engine": "",
}


def written(**answered: str) -> str:
    """The issue that GitHub makes of the form."""
    parts = []
    for field in FORM["body"]:
        if "id" in field:
            text = (FILLED_IN | answered)[field["id"]]
            if not text:
                text = "_No response_"
            elif render := field["attributes"].get("render"):
                text = f"```{render}\n{text}\n```"
            parts.append(f"### {field['attributes']['label']}\n\n{text}")
    return "\n\n".join(parts)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder such as tests/data/rules."""
    for rule in RULES:
        (tmp_path / rule).mkdir()
    return tmp_path


def test_the_issue_becomes_a_case_that_says_whether_the_rule_finds_what_was_expected(data: Path) -> None:
    assert 0 == main("issue_12", written(), data)

    case = data / "lone-term" / "issue_12.synonyms"
    assert b"laptop, notebook\nthe\n" == case.read_bytes()
    assert (data / "lone-term" / "issue_12.synonyms.expected").read_text("utf-8") == found(case)
    assert not case.with_name(f"{case.name}.options").exists()


def test_a_case_that_expects_nothing_is_a_file_alone(data: Path) -> None:
    assert 0 == main("issue_12", written(expected=""), data)

    assert ["issue_12.synonyms"] == [path.name for path in (data / "lone-term").iterdir()]


def test_the_options_are_those_of_the_case(data: Path) -> None:
    assert 0 == main("issue_12", written(options="expand: false"), data)

    assert "expand: false\n" == (data / "lone-term" / "issue_12.synonyms.options").read_text("utf-8")


def test_a_file_in_base64_is_kept_byte_for_byte() -> None:
    content = b"\xef\xbb\xbfcaf\xe9\r\n"

    made = files(answers(written(file=base64.encodebytes(content).decode(), form="base64")), "issue_1")

    assert content == made["lone-term/issue_1.synonyms"]


def test_line_ends_as_a_browser_sends_them_are_those_of_the_file() -> None:
    assert FILLED_IN == answers(written().replace("\n", "\r\n"))


@pytest.mark.parametrize(
    "file",
    [
        "### Expected\n\nnothing",
        "```\n### Rule\n```",
        "# laptop\n\n\n",
        "_No response_ and more",
        "`tv`, telly",
    ],
)
def test_a_dictionary_that_looks_like_the_form_or_a_code_block_is_still_all_of_the_dictionary(
    file: str,
) -> None:
    assert file == answers(written(file=file))["file"]


@pytest.mark.parametrize(
    ("answered", "message"),
    [
        ({"rule": "../../../src"}, "There is no rule"),
        ({"rule": "lone-term/../chain"}, "There is no rule"),
        ({"kind": "synonyms/../../x"}, "There is no kind"),
        ({"file": "no base 64!", "form": "base64"}, "is said to be base64"),
    ],
)
def test_what_leads_elsewhere_or_cannot_be_read_makes_no_test_and_says_why(
    answered: dict[str, str], message: str
) -> None:
    with pytest.raises(IssueError, match=message):
        files(answers(written(**answered)), "issue_1")


def test_an_issue_of_another_form_is_refused_without_a_trace(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 1 == main("issue_12", "It does not work.", data)

    assert "is it of this form?" in capsys.readouterr().err
    assert [] == [path for path in data.rglob("*") if path.is_file()]
