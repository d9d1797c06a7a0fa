"""Issues as GitHub writes them from the form become test cases."""

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
    """Return the issue that GitHub writes from the form."""
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
    """Create a folder such as tests/data/rules."""
    for rule in RULES:
        (tmp_path / rule).mkdir()
    return tmp_path


def test_issue_becomes_a_case_with_the_expected_findings(data: Path) -> None:
    assert 0 == main("issue_12", written(), data)

    case = data / "lone-term" / "issue_12.synonyms"
    assert b"laptop, notebook\nthe\n" == case.read_bytes()
    assert (data / "lone-term" / "issue_12.synonyms.expected").read_text("utf-8") == found(case)
    assert not case.with_name(f"{case.name}.options").exists()


def test_case_without_findings_is_only_a_file(data: Path) -> None:
    assert 0 == main("issue_12", written(expected=""), data)

    assert ["issue_12.synonyms"] == [path.name for path in (data / "lone-term").iterdir()]


def test_options_are_written_next_to_the_case(data: Path) -> None:
    assert 0 == main("issue_12", written(options="expand: false"), data)

    assert "expand: false\n" == (data / "lone-term" / "issue_12.synonyms.options").read_text("utf-8")


def test_base64_file_is_decoded_byte_for_byte() -> None:
    content = b"\xef\xbb\xbfcaf\xe9\r\n"

    made = files(answers(written(file=base64.encodebytes(content).decode(), form="base64")), "issue_1")

    assert content == made["lone-term/issue_1.synonyms"]


def test_crlf_line_ends_of_the_issue_become_lf() -> None:
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
def test_file_that_looks_like_the_form_is_read_whole(
    file: str,
) -> None:
    assert file == answers(written(file=file))["file"]


@pytest.mark.parametrize(
    ("answered", "message"),
    [
        ({"rule": "../../../src"}, "Unknown rule"),
        ({"rule": "lone-term/../chain"}, "Unknown rule"),
        ({"kind": "synonyms/../../x"}, "Unknown kind"),
        ({"file": "no base 64!", "form": "base64"}, "is not base64"),
    ],
)
def test_unsafe_or_unreadable_issue_field_is_an_error(answered: dict[str, str], message: str) -> None:
    with pytest.raises(IssueError, match=message):
        files(answers(written(**answered)), "issue_1")


def test_issue_of_another_form_is_rejected_and_writes_nothing(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 1 == main("issue_12", "It does not work.", data)

    assert 'Use the form "Validation is wrong"' in capsys.readouterr().err
    assert [] == [path for path in data.rglob("*") if path.is_file()]
