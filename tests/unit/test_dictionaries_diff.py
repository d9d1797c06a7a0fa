from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

import pytest

from dictionary_deploy.dictionaries import KINDS, Kind, Options, Text
from dictionary_deploy.dictionaries.diff import (
    MAX_PROBE_TEXTS,
    MAX_PROBES,
    MAX_VALUES,
    diff_texts,
)
from dictionary_deploy.model import Diff, EntryChange, EntryCounts, Probe

WORDS = KINDS["stopwords"]


def diff(before: str | None, after: str) -> Diff:
    return diff_texts(WORDS, None if before is None else Text(before), Text(after), Options())


def test_new_entries_are_added_and_missing_ones_removed() -> None:
    expected = Diff(EntryCounts(1, 1, 0, 2), (EntryChange("-", "old"), EntryChange("+", "new")), lost=1.0)

    assert expected == diff("kept\nold\n", "kept\nnew\n")


def test_order_and_duplicates_are_not_changes() -> None:
    assert Diff(EntryCounts(0, 0, 0, 2)) == diff("a\nb\n", "b\na\nb\n")


def test_comments_blank_lines_and_spacing_are_not_changes() -> None:
    assert Diff(EntryCounts(0, 0, 0, 2)) == diff("# old\na\nb", " a\t\n\n# new\nb\n")


@pytest.mark.parametrize(
    ("kind", "before", "after", "change"),
    [
        ("stemmer-override", "a => b\na => c\nd => e\n", "a => c\nd => e\na => b\n", "a: b → c"),
        ("word-delimiter-types", "a => DIGIT\na => ALPHA\n", "a => ALPHA\na => DIGIT\n", "a: ALPHA → DIGIT"),
        (
            "nori-user-dictionary",
            "세종시\n세종시 세종 시\n",
            "세종시 세종 시\n세종시\n",
            "세종시: one noun → 세종 시",
        ),
    ],
)
def test_order_of_lines_with_one_key_is_a_change(kind: str, before: str, after: str, change: str) -> None:
    found = diff_texts(KINDS[kind], Text(before), Text(after), Options())

    assert (EntryChange("~", change),) == found.changes
    assert found.entries.changed == 1


def test_order_of_lines_with_other_keys_is_not_a_change() -> None:
    before, after = Text("a => b\nc => d\n"), Text("c => d\na => b\n")

    assert Diff(EntryCounts(0, 0, 0, 2)) == diff_texts(KINDS["stemmer-override"], before, after, Options())


def test_without_a_file_before_only_the_total_is_available() -> None:
    assert Diff(EntryCounts(0, 0, 0, 2), available=False) == diff(None, "a\nb\n")


def test_kind_without_keys_of_lines_is_read_whole() -> None:
    whole = replace(WORDS, keys=None)

    expected = Diff(EntryCounts(1, 0, 0, 2), (EntryChange("+", "b"),))

    assert expected == diff_texts(whole, Text("a\n"), Text("a\nb\n"), Options())


def test_key_with_other_values_is_changed() -> None:
    def read(text: Text, _: Options, only: Container[str] | None) -> dict[str, tuple[str, ...]]:
        pairs = (line.split(">") for line in text.lines)
        return {key: tuple(values.split()) for key, values in pairs if only is None or key in only}

    rules = Kind("rules", read=read, keys=lambda line, _: [line.split(">")[0]])

    expected = Diff(
        EntryCounts(1, 1, 1, 2),
        (EntryChange("~", "a: b → b, c"), EntryChange("-", "x => y"), EntryChange("+", "z => y")),
        lost=1.0,
    )

    assert expected == diff_texts(rules, Text("a>b\nx>y\n"), Text("a>b c\nz>y\n"), Options())


def test_changed_entry_loses_the_share_of_its_values_that_is_gone() -> None:
    before = Text("ipad => i-pad\nipod => i-pod\nkept => same\n")
    after = Text("ipad => pad\nkept => same\n")

    assert 2.0 == diff_texts(KINDS["char-mappings"], before, after, Options()).lost


def test_loss_is_in_percent_of_the_deployed_entries() -> None:
    found = diff("a\nb\nc\nd\n", "a\nb\nc\ne\nf\n")

    assert (4, 25.0) == (found.deployed, found.lost_percent)
    assert 0.0 == diff("", "a\n").lost_percent


def test_only_the_first_of_entries_with_many_values_are_shown() -> None:
    values = ("same",) * (MAX_VALUES // 2 + 1)
    many = Kind("many", read=lambda text, *_: dict.fromkeys(text.lines, values), show=lambda key, _: key)

    expected = Diff(EntryCounts(3, 0, 0, 3), (EntryChange("+", "a"), EntryChange("+", "b")))

    assert expected == diff_texts(many, Text(""), Text("a\nb\nc\n"), Options())


# ---------------------------------------------------------------- probes


def probes(before: str, after: str, kind: Kind = KINDS["synonyms"]) -> tuple[Probe, ...]:
    return diff_texts(kind, Text(before), Text(after), Options()).probes


def test_changed_synonym_is_a_probe_with_its_texts() -> None:
    assert (Probe("tv", ("telly", "tv"), ("television", "telly", "tv")),) == probes(
        "tv => tv, telly", "tv => tv, telly, television"
    )


def test_term_that_is_no_entry_finds_itself() -> None:
    assert (Probe("tv", ("tv",), ("telly",)),) == probes("", "tv => telly")
    assert (Probe("tv", ("telly",), ("tv",)),) == probes("tv => telly", "")


def test_stopword_finds_nothing() -> None:
    expected = (Probe("an", ("an",), ()), Probe("a", (), ("a",)))

    assert expected == probes("a\nthe\n", "an\nthe\n", WORDS)


def test_other_kinds_have_no_probes() -> None:
    assert () == probes("a\n", "b\n", KINDS["keep-words"])


def test_probes_are_few_and_short() -> None:
    wide = ", ".join(f"w{number}" for number in range(MAX_PROBE_TEXTS + 1))
    many = "\n".join(f"a{number} => b{number}" for number in range(MAX_PROBES + 1))

    assert MAX_PROBES == len(probes("", f"{wide}\n{many}"))
    assert () == probes("", wide)


def test_probes_are_not_of_long_lines() -> None:
    huge = ", ".join(f"w{number}" for number in range(1_000))

    assert () == probes("", f"{huge}\n{huge} => telly")
    assert ["tv"] == [probe.text for probe in probes("", f"tv => telly\n{huge}")]
