from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dictionary_deploy.dictionaries import KINDS, Kind, Line, Options, Text, validate
from dictionary_deploy.dictionaries.diff import count_entries, diff_texts
from dictionary_deploy.dictionaries.hashes import Keys
from dictionary_deploy.dictionaries.kind import LineRule
from dictionary_deploy.dictionaries.validate import MAX_COUNTED, MAX_FINDINGS, suspicious_lines

FILE = "words.txt"
READ = [kind for kind in KINDS.values() if not kind.is_binary]

ALPHABET = "abAB 12\t\n\n\r,;|=>#\\'\"-_.&+é\u00a0\u3000\u200b\ufeff\u2028東京한국<>()/*"
contents = st.text(alphabet=ALPHABET, max_size=120)
datas = st.one_of(st.binary(max_size=60), contents.map(str.encode))


few_examples = settings(max_examples=30)
"""For each of a dozen kinds."""


def each_read_kind() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("kind", READ, ids=lambda kind: kind.name)


def of_every_line(kind: Kind) -> Kind:
    """Return the kind with rules that check every line instead of the suspicious ones."""
    rules = (
        replace(rule, suspicious=Text.numbered_lines) if isinstance(rule, LineRule) else rule
        for rule in kind.rules
    )
    return replace(kind, rules=tuple(rules))


def test_kinds_have_the_names_of_their_keys() -> None:
    assert {name: name for name in KINDS} == {name: kind.name for name, kind in KINDS.items()}


def test_every_kind_is_described() -> None:
    assert [] == [kind.name for kind in KINDS.values() if not (kind.description and kind.entries_are)]


def test_only_compiled_kinds_are_binary() -> None:
    assert {"binary", "sudachi"} == {kind.name for kind in KINDS.values() if kind.is_binary}


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["LF", "CR LF", "CR"])
def test_lines_end_as_in_java(ending: str) -> None:
    text = Text.of(f"a{ending}{ending}b\u2028c\x0b\x0c\x85{ending}".encode())

    assert ["a", "", "b\u2028c\x0b\x0c\x85"] == [*text.lines]


def test_empty_file_has_no_lines() -> None:
    assert [] == [*Text("").lines]


@each_read_kind()
@few_examples
@given(data=datas)
def test_validation_never_raises_and_returns_a_text_or_an_error(kind: Kind, data: bytes) -> None:
    problems, text = validate(kind, data, FILE, Options())

    assert text is not None or any(problem.severity == "error" for problem in problems)
    assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)


@pytest.mark.parametrize(
    ("name", "data"),
    [("stopwords", b"\n"), ("stopwords", b","), ("kuromoji-user-dictionary", b" ")],
    ids=["blank lines", "a line of commas", "a line of spaces"],
)
def test_repeated_lines_take_no_longer_than_different_ones(name: str, data: bytes) -> None:
    def seconds(data: bytes) -> float:
        began = time.process_time()
        validate(KINDS[name], data, FILE, Options())
        return time.process_time() - began

    different = seconds(b"".join(b"%d\n" % number for number in range(50_000)))

    assert seconds(50_000 * data) < 3 * different


@each_read_kind()
@few_examples
@given(content=contents)
def test_suspicious_lines_have_all_findings(kind: Kind, content: str) -> None:
    thorough = validate(of_every_line(kind), content.encode(), FILE, Options())

    assert thorough == validate(kind, content.encode(), FILE, Options())


@each_read_kind()
@few_examples
@given(content=contents, data=st.data())
def test_reading_some_keys_returns_their_entries(kind: Kind, content: str, data: st.DataObject) -> None:
    assert kind.read is not None
    text = Text(content)
    every = kind.read(text, Options(), None)
    only = data.draw(st.sets(st.sampled_from(sorted(every)))) if every else set()

    assert {key: every[key] for key in every if key in only} == kind.read(text, Options(), Keys.of(only))


@each_read_kind()
@few_examples
@given(content=contents)
def test_count_equals_the_number_of_entries(kind: Kind, content: str) -> None:
    assert kind.read is not None
    assert len(kind.read(Text(content), Options(), None)) == count_entries(kind, Text(content), Options())


@each_read_kind()
@few_examples
@given(before=contents, after=contents)
def test_diff_numbers_equal_those_of_all_entries(kind: Kind, before: str, after: str) -> None:
    assert kind.read is not None
    had = kind.read(Text(before), Options(), None)
    has = kind.read(Text(after), Options(), None)
    numbers = diff_texts(kind, Text(before), Text(after), Options()).entries

    assert len(has.keys() - had.keys()) == numbers.added
    assert len(had.keys() - has.keys()) == numbers.removed
    assert sum(had[key] != has[key] for key in had.keys() & has.keys()) == numbers.changed
    assert len(has) == numbers.total


def test_empty_text_after_the_last_line_end_is_not_a_line() -> None:
    assert [Line("a", 1), Line("", 2)] == [*suspicious_lines(Text("a\n\n"), "$")]


@pytest.mark.parametrize("line", ["a, b=\u0338c", "a, b>\u0338c", "a =>\u0338 b"])
def test_combining_mark_after_a_separator_reports_the_whole_line(line: str) -> None:
    problems, _ = validate(KINDS["synonyms"], line.encode(), "synonyms.txt", Options())
    (found,) = (problem for problem in problems if problem.rule == "decomposed-characters")

    assert (1, 1) == (found.line, found.column)
    assert found.message.startswith(f"`{line}` has accents as separate")


def test_many_accents_on_one_letter_are_normalized_fast() -> None:
    content = "e" + 200_000 * "\u0301\u0316"
    problems, _ = validate(KINDS["stopwords"], content.encode(), "stopwords.txt", Options())

    assert "decomposed-characters" in [problem.rule for problem in problems]


def test_rule_with_too_many_findings_stops() -> None:
    problems, _ = validate(KINDS["char-mappings"], b"a\n" * (MAX_COUNTED + 2), "mappings.txt", Options())

    assert MAX_FINDINGS == len(problems)
    assert problems[-1].message.endswith(f"(And at least {MAX_COUNTED - MAX_FINDINGS} more of this rule.)")


def test_rule_that_reports_once_names_the_first_lines() -> None:
    few, _ = validate(KINDS["ik-words"], b"a\nb\na\nb\n", "words.txt", Options())
    many, _ = validate(KINDS["ik-words"], b"a\n" * (MAX_COUNTED + 2), "words.txt", Options())
    remedy = "`a` is already in line 1. Remove one of the two."

    assert [(3, f"{remedy} (2 lines are affected: 3, 4)")] == [(each.line, each.message) for each in few]
    assert [f"{remedy} (At least 100,000 lines are affected: 2, 3, 4, 5, 6, …)"] == [
        each.message for each in many
    ]


@pytest.mark.parametrize(
    ("kind", "line", "rule"),
    [
        ("synonyms", "laptop, notebook", "byte-order-mark"),
        ("synonyms", "# computers", "byte-order-mark"),
        ("wordnet-synonyms", "s(100000001,1,'woods',n,1,0).", "byte-order-mark"),
        ("stopwords", "# the articles", "byte-order-mark"),
        ("nori-user-dictionary", "세종시 세종 시", "byte-order-mark"),
        ("char-mappings", "# note", "not-a-mapping"),
        ("stemmer-override", "# note", "not-an-override"),
        ("word-delimiter-types", "$ => DIGIT", "not-a-type"),
        ("kuromoji-user-dictionary", "東京,東京,トウキョウ,名詞", "other-segments"),
    ],
)
def test_byte_order_mark_is_one_finding(kind: str, line: str, rule: str) -> None:
    data = f"\ufeff{line}\n".encode()
    problems, _ = validate(KINDS[kind], data, "file", Options())

    assert [(1, rule)] == [(problem.line, problem.rule) for problem in problems]
    assert "byte order mark" in problems[0].message


def test_problem_of_a_marked_first_line_is_reported_besides_the_mark() -> None:
    problems, _ = validate(KINDS["stopwords"], "\ufeffnew york\nlos angeles\n".encode(), "file", Options())

    assert [(1, "byte-order-mark"), (1, "several-words")] == [(each.line, each.rule) for each in problems]
    assert problems[1].message.endswith("(2 lines are affected: 1, 2)")


def test_ignored_byte_order_mark_hides_no_other_problem() -> None:
    data = "\ufeff# the articles\n".encode()
    problems, _ = validate(KINDS["stopwords"], data, "file", Options(), ignore=["byte-order-mark"])

    assert ["several-words"] == [problem.rule for problem in problems]
