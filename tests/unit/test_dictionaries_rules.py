"""Each rule with the files of `tests/data/rules`, and its section of `docs/rules.md`.

A folder for each rule holds files called CASE.KIND, such as `space_after_comma.synonyms`: a dictionary,
byte for byte. CASE.KIND.expected has what the rule finds in it, a line each: `line:column severity
message`; a case without it is one that the rule does not mind. CASE.KIND.options, in YAML, has keys of the
configuration's entry, such as `engine`, for cases that need them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from dictionary_deploy.dictionaries import KINDS, validate
from dictionary_deploy.dictionaries.review import options_of
from dictionary_deploy.model import Analyzer, Dictionary

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests/data/rules"
DOCS = (ROOT / "docs/rules.md").read_text("utf-8")
RULES = sorted({rule.id for kind in KINDS.values() for rule in kind.rules})
CASES = sorted(
    path for path in DATA.glob("*/*") if path.suffix not in {".expected", ".options"} and path.is_file()
)
PARTS = ("**What**", "**Why**", "**The engine**", "**Mend it**")


def sections() -> dict[str, str]:
    """The sections of docs/rules.md by the rule they are about."""
    parts = re.split(r"^### `([a-z0-9-]+)`$", DOCS, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def dictionary(case: Path) -> Dictionary:
    """The entry of the configuration that a case stands for."""
    path = case.with_name(f"{case.name}.options")
    options: dict[str, Any] = yaml.safe_load(path.read_text("utf-8")) if path.exists() else {}
    if "analyzer" in options:
        analyzer = options.pop("analyzer")
        stopwords = tuple(analyzer.pop("stopwords", ()))
        options["analyzer"] = Analyzer(**analyzer, stopwords=stopwords)
    return Dictionary(
        file=case.name,
        package="words",
        kind=case.suffix[1:],
        domains="none",
        **options,
    )


def found(case: Path) -> str:
    """What the rule whose folder it is finds, in the form of an `.expected` file."""
    wanted = dictionary(case)
    problems, _ = validate(KINDS[wanted.kind], case.read_bytes(), wanted.file, options_of(wanted))
    return "".join(
        f"{problem.line}:{problem.column} {problem.severity} {problem.message}\n"
        for problem in problems
        if problem.rule == case.parent.name
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_a_rule_finds_in_a_file_what_is_expected_of_it(case: Path) -> None:
    path = case.with_name(f"{case.name}.expected")
    expected = path.read_text("utf-8") if path.exists() else ""

    assert expected == found(case)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_files_that_it_minds_and_files_that_it_does_not(rule: str) -> None:
    cases = [case for case in CASES if case.parent.name == rule]

    assert {True, False} == {case.with_name(f"{case.name}.expected").exists() for case in cases}


def test_every_folder_is_that_of_a_rule() -> None:
    assert set(RULES) >= {case.parent.name for case in CASES}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_its_section_of_the_documentation_with_every_part(rule: str) -> None:
    assert rule in sections()
    assert [part for part in PARTS if part not in sections()[rule]] == []


def test_the_documentation_has_no_rule_that_does_not_exist() -> None:
    assert sorted(sections()) == RULES
