"""Validation and entries equal those of Lucene and OpenSearch.

For the files of `tests/data/rules`, those in `examples.py` and generated ones. `make lucene SEED=2
FILES=50000` generates other files, and more.
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from dictionary_deploy.dictionaries import KINDS as KINDS_BY_NAME
from dictionary_deploy.dictionaries import Options, validate
from dictionary_deploy.dictionaries.engines import Engine, engine_of
from dictionary_deploy.dictionaries.review import options_of
from dictionary_deploy.model import Analyzer
from tests.lucene import examples, generate
from tests.lucene.agreement import WITH_LUCENE_8, disagreement
from tests.lucene.ask import Lucene
from tests.unit.test_dictionaries_rules import CASES, dictionary

pytestmark = pytest.mark.lucene

SEED = os.environ.get("SEED", "1")
FILES = int(os.environ.get("FILES", "3000"))

WITH_ANALYZER = ("synonyms", "wordnet-synonyms")
BY_LINES = (
    "stopwords",
    "keep-words",
    "protected-words",
    "keywords",
    "articles",
    "common-words",
    "decompounder-words",
    "stemmer-override",
    "word-delimiter-types",
    "char-mappings",
)
KINDS = (*WITH_ANALYZER, *sorted(WITH_LUCENE_8), "hyphenation-patterns", *BY_LINES)
ENGINES = tuple(
    map(engine_of, ("elasticsearch-7.10", "opensearch-1.3", "opensearch-2.4", "opensearch-2.9", None))
)
"""Two that read word lists like all before OpenSearch 2.4, with and without comments in mappings, one that
reads them in the new way, with comments in mappings, one without, and the newest."""


def any_options(chance: Random, kind: str) -> Options:
    engine = chance.choice(ENGINES)
    if kind not in WITH_ANALYZER:
        return Options(engine)
    analyzer = Analyzer(
        tokenizer=chance.choice(("whitespace", "keyword", "standard")),
        lowercase=chance.random() < 0.3,
        stopwords=frozenset(chance.choice(((), (), ("the", "of")))),
    )
    return Options(engine, analyzer, expand=chance.random() < 0.7, lenient=chance.random() < 0.3)


def difference(lucene: Lucene, kind: str, data: bytes, options: Options) -> str:
    """Return the difference in the smallest file that shows it, or an empty text."""
    if not disagreement(lucene, kind, data, options):
        return ""
    smallest = generate.smallest(data, lambda fewer: bool(disagreement(lucene, kind, fewer, options)))
    return f"{kind} {smallest!r} with {options}: {disagreement(lucene, kind, smallest, options)}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_files_of_each_rule_match_the_engine(lucene: Lucene, case: Path) -> None:
    wanted = dictionary(case)
    if wanted.kind not in KINDS:
        pytest.skip(f"no engine reads {wanted.kind} here")

    assert "" == difference(lucene, wanted.kind, case.read_bytes(), options_of(wanted))


@pytest.mark.parametrize("kind", [kind for kind in examples.ACCEPTED if kind in KINDS])
@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_handwritten_files_match_the_engine(lucene: Lucene, kind: str, engine: Engine) -> None:
    files = [*examples.ACCEPTED[kind], *examples.REJECTED.get(kind, ())]
    findings = [difference(lucene, kind, file.encode(), Options(engine)) for file in files]

    assert [] == [finding for finding in findings if finding]


@pytest.mark.parametrize("kind", sorted(examples.ACCEPTED))
def test_engine_accepts_and_rejects_the_handwritten_files(lucene: Lucene, kind: str) -> None:
    def is_accepted(file: str) -> bool:
        return lucene.judge(kind, file.encode(), Options()).accepted

    assert [] == [file for file in examples.ACCEPTED[kind] if not is_accepted(file)]
    assert [] == [file for file in examples.REJECTED.get(kind, ()) if is_accepted(file)]


@pytest.mark.parametrize("kind", KINDS)
def test_generated_files_match_the_engine(lucene: Lucene, kind: str) -> None:
    chance = Random(f"{SEED} {kind}")
    for _ in range(FILES):
        options = any_options(chance, kind)

        assert "" == difference(lucene, kind, generate.file(chance, kind), options), (
            f"SEED={SEED} FILES={FILES}"
        )


@pytest.mark.parametrize("seed", range(10))
def test_many_patterns_are_stored_as_by_the_engine(lucene: Lucene, seed: int) -> None:
    chance = Random(f"{SEED} {seed}")
    length = chance.randint(3, 20)
    words = (
        "".join(chance.choices("etaoinsr12", k=length)) for _ in range(chance.randint(500, 60_000 // length))
    )
    file = f"<hyphenation-info><classes>aA</classes><patterns>{' '.join(words)}</patterns></hyphenation-info>"
    found, _ = validate(KINDS_BY_NAME["hyphenation-patterns"], file.encode(), "file.xml", Options())

    verdict = lucene.judge("hyphenation-patterns", file.encode(), Options())
    assert verdict.accepted == ("it rejects the file" not in "".join(problem.message for problem in found))


@pytest.mark.parametrize("kind", sorted(examples.REJECTED))
def test_engine_accepts_and_rejects_many_generated_files(lucene: Lucene, kind: str) -> None:
    chance = Random(f"{SEED} {kind}")
    accepted = [lucene.judge(kind, generate.file(chance, kind), Options()).accepted for _ in range(300)]

    assert 15 < sum(accepted) < 285
