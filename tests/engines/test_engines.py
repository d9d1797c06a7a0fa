"""Validation and entries equal those of the engines themselves.

For the files of `tests/data/rules`, those of `tests/lucene/examples.py` and generated ones. `make engines
VERSIONS=2.9.0 SEED=2 FILES=5000` runs other nodes, and generates other files and more of them.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from random import Random, randrange

import pytest
from docs import rules

from dictionary_deploy.dictionaries import KINDS, Options
from dictionary_deploy.dictionaries.lucene.analyzer import MODELLED
from dictionary_deploy.dictionaries.review import options_of
from dictionary_deploy.model import Analyzer
from tests.engines.agreement import disagreement, engine
from tests.engines.judge import JUDGED, Judge
from tests.lucene import examples, generate
from tests.unit.test_dictionaries_rules import CASES, dictionary

pytestmark = pytest.mark.engines

SEED = os.environ.get("SEED", "1").strip() or str(randrange(1_000_000))
"""At night a blank one: other files each time."""
FILES = int(os.environ.get("FILES") or "200")
SKIPPED = {"billion_laughs": "its entities fill the memory of the engine, which then hangs"}
"""Names of files that no engine gets, with the reason."""
WITH_ANALYZER = ("synonyms", "wordnet-synonyms")
OPTIONS = (
    Options(),
    Options(expand=False),
    Options(lenient=True),
    Options(analyzer=Analyzer("standard", lowercase=True)),
    Options(analyzer=Analyzer("letter", stopwords=frozenset({"_english_"})), lenient=True),
    Options(analyzer=Analyzer("keyword", stopwords=frozenset({"a"}))),
)


def any_options(chance: Random, kind: str, version: str) -> Options:
    if kind not in WITH_ANALYZER:
        return Options(engine(version))
    analyzer = Analyzer(
        tokenizer=chance.choice(sorted(MODELLED)),
        lowercase=chance.random() < 0.3,
        stopwords=frozenset(chance.choice(((), (), ("the", "of")))),
    )
    return Options(engine(version), analyzer, expand=chance.random() < 0.7, lenient=chance.random() < 0.3)


def difference(judge: Judge, kind: str, data: bytes, options: Options) -> str:
    """Return the difference in the smallest file that shows it, or an empty text."""
    if not disagreement(judge, kind, data, options):
        return ""
    smallest = generate.smallest(data, lambda fewer: bool(disagreement(judge, kind, fewer, options)))
    return f"{kind} {smallest!r} with {options}: {disagreement(judge, kind, smallest, options)}"


def need(judge: Judge, kind: str) -> None:
    if not judge.reads(kind):
        pytest.skip(f"{judge.node.version} has no tokenizer for {kind} here")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_documentation_names_the_engines_that_read_a_kind(judge: Judge, kind: str) -> None:
    version = judge.node.version
    if version not in rules.VERSIONS:
        pytest.skip(f"docs/rules.md does not name {version}")
    documented = kind not in rules.WITHOUT_ENGINE and version in rules.VERSIONS_OF.get(kind, rules.VERSIONS)

    assert documented == judge.reads(kind)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_files_of_each_rule_match_the_engine(judge: Judge, case: Path) -> None:
    wanted = dictionary(case)
    need(judge, wanted.kind)
    if case.stem in SKIPPED:
        pytest.skip(SKIPPED[case.stem])
    given = options_of(wanted)
    options = Options(engine(judge.node.version), given.analyzer, given.expand, given.lenient, given.is_graph)

    assert "" == difference(judge, wanted.kind, case.read_bytes(), options)


@pytest.mark.parametrize("kind", [kind for kind in JUDGED if kind in examples.ACCEPTED])
def test_handwritten_files_match_the_engine(judge: Judge, kind: str) -> None:
    need(judge, kind)
    files = [*examples.ACCEPTED[kind], *examples.REJECTED.get(kind, ())]
    given = OPTIONS if kind in WITH_ANALYZER else OPTIONS[:1]
    findings = [
        difference(judge, kind, file.encode(), replace(options, engine=engine(judge.node.version)))
        for file in files
        for options in given
    ]

    assert [] == [finding for finding in findings if finding]


@pytest.mark.parametrize("kind", JUDGED)
def test_generated_files_match_the_engine(judge: Judge, kind: str) -> None:
    need(judge, kind)
    chance = Random(f"{SEED} {kind}")
    for _ in range(FILES):
        options = any_options(chance, kind, judge.node.version)

        assert "" == difference(judge, kind, generate.file(chance, kind), options), (
            f"SEED={SEED} FILES={FILES} VERSIONS={judge.node.version}"
        )
