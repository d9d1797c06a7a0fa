from __future__ import annotations

from pathlib import Path

import pytest
from tools.check_prose import findings, main, python_prose


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Git is\nthe truth.", (2, 1, "the truth")),
        ("Mend the file.", (1, 1, "Mend")),
        ("# to take on\n# the role", (1, 6, "take on # the role")),
        ("The rule minds it.", (1, 10, "minds")),
        ("What is live is told.", (1, 14, "is told")),
    ],
)
def test_listed_phrase_is_reported_at_its_position(text: str, expected: tuple[int, int, str]) -> None:
    assert [expected] == [finding[:3] for finding in findings(text)]


@pytest.mark.parametrize("text", ["Amend it.", "the source of truth", "`mend` is code", "remind", "enforce"])
def test_other_text_is_not_reported(text: str) -> None:
    assert [] == list(findings(text))


def test_only_comments_and_strings_of_python_are_prose() -> None:
    source = 'mend = f("""a\n  b""")  # mend\nwhite = "space"\n'

    assert '         """a\n  b"""   # mend\n        "space"\n' == python_prose(source)


def test_file_with_a_finding_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.md", tmp_path / "bad.md"
    good.write_text("Fix it.", "utf-8")
    bad.write_text("Please mend it.", "utf-8")

    assert 0 == main([str(good)])
    assert 1 == main([str(good), str(bad)])
    assert f'{bad}:1:8: "mend": write fix\n' == capsys.readouterr().out
