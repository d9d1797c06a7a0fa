"""Synonyms as Lucene reads them: lines and the expansions of each term."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dictionary_deploy.dictionaries import KINDS, Options, Text, validate
from dictionary_deploy.dictionaries.diff import count_entries, diff_texts
from dictionary_deploy.dictionaries.lucene.analyzer import analyze
from dictionary_deploy.dictionaries.synonyms.parser import parse_rule, plain
from dictionary_deploy.model import Analyzer, Diff, EntryChange, EntryCounts
from tests.unit.test_dictionaries import of_every_line

SYNONYMS = KINDS["synonyms"]
LOWERCASE = Options(analyzer=Analyzer(lowercase=True))
STANDARD = Analyzer(tokenizer="standard")
ODD = st.text(alphabet="aAb \t,=>\\#\u00a0\u3000é\x01", max_size=12)
files = st.lists(ODD, max_size=6).map("\n".join)
options = st.builds(
    Options,
    analyzer=st.builds(
        Analyzer,
        tokenizer=st.sampled_from(["whitespace", "keyword", "standard"]),
        lowercase=st.booleans(),
        stopwords=st.sampled_from([frozenset(), frozenset({"a"})]),
    ),
    expand=st.booleans(),
    lenient=st.booleans(),
)


def entries(content: str, given: Options = Options()) -> dict[str, tuple[str, ...]]:  # noqa: B008 frozen
    assert SYNONYMS.read is not None
    return dict(SYNONYMS.read(Text(content), given, None))


def errors(content: str, given: Options = Options()) -> list[str]:  # noqa: B008 frozen
    problems, _ = validate(SYNONYMS, content.encode(), "synonyms.txt", given)
    return [problem.rule for problem in problems if problem.severity == "error"]


def diff(before: str, after: str) -> Diff:
    return diff_texts(SYNONYMS, Text(before), Text(after), Options())


@pytest.mark.parametrize(
    ("line", "inputs", "outputs"),
    [
        ("a, b,c", ["a", "b", "c"], None),
        ("a => b", ["a"], ["b"]),
        ("a, b => c, d", ["a", "b"], ["c", "d"]),
        ("a =>=> b", ["a"], ["b"]),
        ("a => b =>", ["a"], ["b"]),
        ("a,,b", ["a", "b"], None),
        (",a,b,", ["a", "b"], None),
        ("a =>", ["a =>"], None),
        ("=> b", ["=> b"], None),
        ("a =>,", ["a"], []),
        (",=>a", [], ["a"]),
        ("=>", ["=>"], None),
        (",,,", [], None),
        (r"a\,b, c", ["a,b", "c"], None),
        (r"a\=>b", ["a=>b"], None),
        (r"a=\>b", ["a=>b"], None),
        (r"a\\b, c", [r"a\b", "c"], None),
        (r"\#tag, b", ["#tag", "b"], None),
        ("a\\", ["a\\"], None),
        (r"a\,b => c\=>d", ["a,b"], ["c=>d"]),
        ("a ==> b", ["a ="], ["b"]),
        ("1,000 => thousand", ["1", "000"], ["thousand"]),
    ],
)
def test_line_is_split_as_by_lucene(line: str, inputs: list[str], outputs: list[str] | None) -> None:
    rule = parse_rule(line)

    assert inputs == [plain(term) for term in rule.inputs]
    assert (outputs is not None) == rule.is_explicit
    assert (inputs if outputs is None else outputs) == [plain(term) for term in rule.outputs]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a => b => c\n", ["two-arrows"]),
        ("a => => b\n", ["two-arrows", "empty-term"]),
        ("a => \n", ["empty-term"]),
        (" => b\n", ["empty-term"]),
        ("a => ,\n", ["empty-term"]),
        ("a, , b\n", ["empty-term"]),
        ("a, b, \n", ["empty-term"]),
        (" ,a\n", ["empty-term"]),
        ("a, \\ \n", ["empty-term"]),
        (" \n", ["empty-term"]),
        ("a =>=> b\na => b =>\na =>\n=> b\na =>,\n,=>a\n,\n,,,\n=>\na,,b\nalone\na, a\n", []),
        ("\n# comment\n", []),
    ],
)
def test_only_lines_that_lucene_rejects_are_errors(content: str, expected: list[str]) -> None:
    assert expected == errors(content)


def test_equivalent_synonyms_expand_to_all_of_them() -> None:
    assert {"a": ("a", "b", "c"), "b": ("a", "b", "c"), "c": ("a", "b", "c")} == entries("a, b, c\n")


def test_explicit_mapping_replaces_its_left_side() -> None:
    assert {"a": ("c", "d"), "b": ("c", "d")} == entries("a, b => c, d\n")


def test_without_expand_every_term_becomes_the_first_one() -> None:
    assert {"b": ("a",), "c": ("a",)} == entries("a, b, c\n", Options(expand=False))


def test_term_is_kept_if_one_of_its_rules_keeps_it() -> None:
    expected = {"foo": ("bar", "baz", "foo"), "bar": ("bar", "foo")}

    assert expected == entries("foo, bar\nfoo => baz\n")


def test_rules_form_no_chains() -> None:
    assert {"a": ("b",), "b": ("c",)} == entries("a => b\nb => c\n")


def test_term_that_expands_only_to_itself_is_not_an_entry() -> None:
    assert {} == entries("a => a\nb, b\nc\nd => \n=>\n")


def test_rejected_rule_has_no_entries() -> None:
    assert {} == entries("a => b => c\na, , b\n")


def test_lenient_filter_skips_only_rejected_terms() -> None:
    lenient = Options(lenient=True)

    assert {"a": ("a", "b"), "b": ("a", "b")} == entries("a, , b\n", lenient)
    assert {} == entries("a => ,\n", lenient)
    assert {} == entries(" , b\n", Options(lenient=True, expand=False))
    assert {"c": ("b",)} == entries("b, c\n", Options(lenient=True, expand=False))


def test_terms_are_analyzed() -> None:
    assert {"big laptop": ("big laptop", "pc"), "pc": ("big laptop", "pc")} == entries(
        "Big   Laptop, PC\n", LOWERCASE
    )


@pytest.mark.parametrize(
    "after",
    ["c,a,b\n", "# new\n\na,b , c", "a, b, c\nb, a\n", "a, b, c => a, b, c\n", r"a, \b, c"],
    ids=["order", "comments and spacing", "a rule within another", "as a mapping", "escapes"],
)
def test_same_rule_in_another_form_is_not_a_change(after: str) -> None:
    assert Diff(EntryCounts(0, 0, 0, 3)) == diff("a, b, c\n", after)


def test_change_shows_added_and_removed_expansions() -> None:
    expected = (
        EntryChange("~", "laptop: +notebook \N{MINUS SIGN}netbook"),
        EntryChange("-", "netbook: laptop"),
        EntryChange("+", "notebook: laptop"),
    )

    assert expected == diff("laptop, netbook\n", "laptop, notebook\n").changes


def test_replaced_term_is_shown_with_an_arrow() -> None:
    assert (EntryChange("+", "ipod => i-pod"),) == diff("a, b\n", "a, b\nipod => i-pod\n").changes


def test_unchanged_rules_of_a_changed_term_are_included() -> None:
    found = diff("laptop, netbook\nLaptop, x\npc,  laptop\n", "laptop, netbook\nLaptop, x\n")

    assert [EntryChange("~", "laptop: \N{MINUS SIGN}pc"), EntryChange("-", "pc: laptop")] == [*found.changes]


@given(content=files, given=options)
def test_count_equals_the_number_of_terms_under_all_options(content: str, given: Options) -> None:
    assert len(entries(content, given)) == count_entries(SYNONYMS, Text(content), given)


@given(before=files, after=files, given=options)
def test_diff_of_changed_terms_equals_that_of_all_terms(before: str, after: str, given: Options) -> None:
    had, has = entries(before, given), entries(after, given)
    numbers = diff_texts(SYNONYMS, Text(before), Text(after), given).entries

    assert len(has.keys() - had.keys()) == numbers.added
    assert len(had.keys() - has.keys()) == numbers.removed
    assert sum(had[key] != has[key] for key in had.keys() & has.keys()) == numbers.changed


@given(content=files, given=options)
def test_suspicious_lines_have_all_findings_under_all_options(content: str, given: Options) -> None:
    data = content.encode()

    assert validate(of_every_line(SYNONYMS), data, "f", given) == validate(SYNONYMS, data, "f", given)


@pytest.mark.parametrize(
    ("term", "analyzer", "tokens"),
    [
        ("new  york", Analyzer(), ("new", "york")),
        ("new\u00a0york", Analyzer(), ("new\u00a0york",)),
        ("new\u3000york", Analyzer(), ("new", "york")),
        ("new york", Analyzer(tokenizer="keyword"), ("new york",)),
        ("new york", Analyzer(tokenizer="kuromoji_tokenizer"), ("new york",)),
        ("wi-fi c++", STANDARD, ("wi", "fi", "c")),
        ("o'neil 3.5", STANDARD, ("o'neil", "3.5")),
        ("東京 tower", STANDARD, ("東", "京", "tower")),
        ("a/B2c", Analyzer(tokenizer="letter"), ("a", "B", "c")),
        ("a/B2c", Analyzer(tokenizer="lowercase"), ("a", "b", "c")),
        ("x" * 300, Analyzer(tokenizer="letter"), ("x" * 255, "x" * 45)),
        ("What Is", Analyzer(lowercase=True, stopwords=frozenset({"is"})), ("what",)),
    ],
)
def test_term_is_split_into_the_tokens_of_its_analyzer(
    term: str, analyzer: Analyzer, tokens: tuple[str, ...]
) -> None:
    assert tokens == analyze(term, Options(analyzer=analyzer)).tokens


@pytest.mark.parametrize(
    ("term", "analyzer", "refusal"),
    [
        ("&", STANDARD, "was completely eliminated by analyzer"),
        ("", Analyzer(), "was completely eliminated by analyzer"),
        (
            "the art",
            Analyzer(stopwords=frozenset({"the"})),
            "analyzed to a token (art) with position increment != 1 (got: 2)",
        ),
    ],
)
def test_rejected_term_has_the_message_of_the_engine(term: str, analyzer: Analyzer, refusal: str) -> None:
    assert refusal == analyze(term, Options(analyzer=analyzer)).refusal


def test_blank_last_line_does_not_hide_a_duplicate() -> None:
    problems, _ = validate(SYNONYMS, b"a, b\nb, a\n ", "synonyms.txt", Options())

    assert [("empty-term", 3), ("duplicate-rule", 2)] == [(each.rule, each.line) for each in problems]


# ---------------------------------------------------------------- whole rules in the diff


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("", "flask, vacuum flask, thermos", [("+", "flask, vacuum flask, thermos", 3)]),
        ("flask,thermos", "", [("-", "flask, thermos", 2)]),
        ("", "ipod, i-pod => iPod, player", [("+", "ipod, i-pod => iPod, player", 2)]),
        ("tv, telly", "tv, telly\nflask, tv", [("~", "tv: +flask", 1), ("+", "flask: tv", 1)]),
        ("", "a, b\nb, c", [("+", "a, b", 2), ("+", "b, c", 1)]),
        ("a, b", "a, c", [("~", "a: +c \N{MINUS SIGN}b", 1), ("-", "b: a", 1), ("+", "c: a", 1)]),
        ("", "a, b\na, b", [("+", "a, b", 2)]),
        ("a, b\nb, c", "", [("-", "a, b", 2), ("-", "b, c", 1)]),
        ("a, b\nb, c", "b, c", [("~", "b: \N{MINUS SIGN}a", 1), ("-", "a: b", 1)]),
    ],
)
def test_added_or_removed_rule_is_one_line(
    before: str, after: str, changes: list[tuple[str, str, int]]
) -> None:
    assert changes == [(each.sign, each.text, each.entries) for each in diff(before, after).changes]


def test_rule_of_a_single_term_is_shown_with_its_terms() -> None:
    found = diff_texts(SYNONYMS, Text(""), Text("a, b\na, a"), Options(expand=False)).changes

    assert [("+", "a, b", 1)] == [(each.sign, each.text, each.entries) for each in found]


def test_two_thousand_added_rules_are_two_thousand_lines() -> None:
    rules = [f"a{number}, b{number}, c{number}" for number in range(2_000)]
    found = diff("", "\n".join(rules))

    assert rules == [each.text for each in found.changes]
    assert found.entries.added == 6_000 == sum(each.entries for each in found.changes)


@given(before=files, after=files, given=options)
def test_lines_of_the_diff_show_every_changed_entry_once(before: str, after: str, given: Options) -> None:
    found = diff_texts(SYNONYMS, Text(before), Text(after), given)
    counts = found.entries

    assert counts.added + counts.removed + counts.changed == sum(each.entries for each in found.changes)
