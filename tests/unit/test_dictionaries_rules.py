"""Each rule with the files of `tests/data/rules`.

The folder of a rule has files named CASE.KIND, such as `flagged.synonyms`: a dictionary, byte for byte.
CASE.KIND.expected has the rule's findings, one per line: `line:column severity message`. Without it, the rule
finds nothing. CASE.KIND.options, in YAML, has keys of the configuration's entry, such as `engine`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from docs.rules import documentation

from dictionary_deploy.dictionaries import KINDS, validate
from dictionary_deploy.dictionaries.review import options_of
from dictionary_deploy.model import Analyzer, Dictionary

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests/data/rules"
RULES = sorted({rule.id for kind in KINDS.values() for rule in kind.rules})
CASES = sorted(
    path for path in DATA.glob("*/*") if path.suffix not in {".expected", ".options"} and path.is_file()
)


def dictionary(case: Path) -> Dictionary:
    """Return the configuration's entry of a case."""
    path = case.with_name(f"{case.name}.options")
    options: dict[str, Any] = yaml.safe_load(path.read_text("utf-8")) if path.exists() else {}
    if "analyzer" in options:
        analyzer = options.pop("analyzer")
        stopwords = frozenset(analyzer.pop("stopwords", ()))
        options["analyzer"] = Analyzer(**analyzer, stopwords=stopwords)
    return Dictionary(
        file=case.name,
        package="words",
        kind=case.suffix[1:],
        domains="none",
        **options,
    )


def found(case: Path) -> str:
    """Return the findings of the folder's rule, in the form of an `.expected` file."""
    wanted = dictionary(case)
    problems, _ = validate(KINDS[wanted.kind], case.read_bytes(), wanted.file, options_of(wanted))
    return "".join(
        f"{problem.line}:{problem.column} {problem.severity} {problem.message}\n"
        for problem in problems
        if problem.rule == case.parent.name
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_findings_of_a_file_are_as_expected(case: Path) -> None:
    path = case.with_name(f"{case.name}.expected")
    expected = path.read_text("utf-8") if path.exists() else ""

    assert expected == found(case)


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_has_a_flagged_and_an_accepted_file(rule: str) -> None:
    cases = [case for case in CASES if case.parent.name == rule]

    assert {True, False} == {case.with_name(f"{case.name}.expected").exists() for case in cases}


def test_every_folder_belongs_to_a_rule() -> None:
    assert set(RULES) >= {case.parent.name for case in CASES}


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_is_documented_with_a_fix_or_an_example(rule: str) -> None:
    documented = documentation(rule, KINDS.values())

    assert documented.startswith("Flag ")
    assert re.search("^(Fix:|[-+] )", documented, re.MULTILINE)


def test_rule_without_documentation_is_an_error() -> None:
    with pytest.raises(ValueError, match="The rule unknown has 0 docstrings"):
        documentation("unknown", KINDS.values())
