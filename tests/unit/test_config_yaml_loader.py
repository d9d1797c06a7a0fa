from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dictionary_deploy.config.yaml_loader import MAX_BYTES, Located, excerpt, parse_yaml
from dictionary_deploy.errors import Fault


def read(text: str) -> Located:
    document, faults = parse_yaml(text.encode(), "f.yml")
    assert faults == ()
    assert document is not None
    return document


def faults_of(data: bytes) -> list[tuple[int, int, str]]:
    return [(fault.line, fault.column, fault.message) for fault in parse_yaml(data, "f.yml")[1]]


def test_value_of_a_mapping_has_the_place_of_its_key() -> None:
    document = read("first: 1\nsecond:\n  third:\n    x\n")

    assert Located({"third": Located("x", 3, 3, "x")}, 2, 1) == document.entries["second"]


def test_item_has_its_own_place() -> None:
    assert [Located("a", 2, 5, "a"), Located("b", 3, 5, "b")] == read("list:\n  - a\n  - b\n").entries[
        "list"
    ].items


def test_other_nodes_have_no_entries() -> None:
    assert read("[a]").entries == {}


def test_other_nodes_have_no_items() -> None:
    assert read("a: b").items == []


def test_plain_document_equals_that_of_other_loaders() -> None:
    assert read("a: [b, {c: ~}]\nd:\n  e: 1.5").plain == {"a": ["b", {"c": None}], "d": {"e": 1.5}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", False),
        ("On", True),
        ("1_000", 1000),
        ("1:30", 90),
        ("0x1F", 31),
        ("1.0", 1.0),
        ("~", None),
        ("2024-01-31", dt.date(2024, 1, 31)),
        ("<<", "<<"),
        ("=", "="),
        ("opensearch-2.11", "opensearch-2.11"),
    ],
)
def test_plain_values_are_resolved_as_in_yaml_1_1(text: str, value: object) -> None:
    assert (value, text) == (read(text).value, read(text).text)


@pytest.mark.parametrize("text", ["'no'", '"no"', "|-\n  no"])
def test_quoted_values_are_strings(text: str) -> None:
    assert read(text).value == "no"


@pytest.mark.parametrize("text", ["", "# a comment\n", "\n\n"])
def test_file_without_a_value_is_null(text: str) -> None:
    assert Located(None, 1, 1) == read(text)


def test_byte_order_mark_is_allowed() -> None:
    assert read("\N{ZERO WIDTH NO-BREAK SPACE}a: b").plain == {"a": "b"}


def test_document_may_begin_and_end_with_markers() -> None:
    assert read("---\na: b\n...\n").plain == {"a": "b"}


def test_fault_has_file_and_remedy() -> None:
    expected = Fault("f.yml", 2, "The key 'a' is set twice, first on line 1.", "Keep one of the two.", 1)

    assert (expected,) == parse_yaml(b"a: 1\na: 2", "f.yml")[1]


def test_first_of_duplicate_keys_counts() -> None:
    document, _ = parse_yaml(b"a: 1\na: 2", "f.yml")

    assert document is not None
    assert document.plain == {"a": 1}


def test_key_may_be_repeated_in_another_mapping() -> None:
    assert read("a: {a: {a: 1}}").plain == {"a": {"a": {"a": 1}}}


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("no: 1", 'Quote it: "no".'),
        ("? [a]\n: 1", "Write one name before the colon."),
        ("? \n: 1", "Write one name before the colon."),
    ],
)
def test_key_that_is_no_string_is_rejected(text: str, remedy: str) -> None:
    assert [("This key is not a string in YAML.", remedy)] == [
        (fault.message, fault.remedy) for fault in parse_yaml(text.encode(), "f.yml")[1]
    ]


def test_invalid_utf_8_is_rejected_with_its_line() -> None:
    assert faults_of(b"a: b\n# \xc3\xa9\nc: \xe9") == [(3, 1, "This line is not UTF-8.")]


def test_control_character_is_rejected_with_its_line() -> None:
    message = "This line has the character U+0007, which YAML does not allow."

    assert [(2, 1, message)] == faults_of(b"a: b\nc: \x07")


def test_file_of_256_kib_is_parsed() -> None:
    assert faults_of(b"# ".ljust(MAX_BYTES, b"x")) == []


def test_larger_file_is_rejected() -> None:
    assert faults_of(b"# ".ljust(MAX_BYTES + 1, b"x")) == [(1, 1, "The file has 262,145 bytes.")]


def test_32_levels_are_parsed() -> None:
    assert faults_of(b"[" * 32 + b"x" + b"]" * 32) == []


@pytest.mark.parametrize("opening", [b"[", b"{a: ", b"- ", b"? "])
def test_more_levels_are_rejected(opening: bytes) -> None:
    column = 32 * len(opening) + 1

    assert [(1, column, "Lists and mappings are nested deeper than 32 levels here.")] == faults_of(
        opening * (200_000 // len(opening))
    )


def test_large_file_of_nested_anchors_is_rejected() -> None:
    anchors = b"".join(b"&a%d [" % number for number in range(25_000))

    assert faults_of(anchors)[-1] == (1, 183, "Lists and mappings are nested deeper than 32 levels here.")


def test_faults_before_the_depth_is_exceeded_are_kept() -> None:
    assert [line for line, _, _ in faults_of(b"a: 1\na: 2\nb: " + b"[" * 40)] == [2, 3]


def test_alias_is_rejected_where_it_is_used() -> None:
    assert faults_of(b"a: &x 1\nb:\n  - *x\n") == [
        (1, 1, "The anchor &x is not supported."),
        (3, 5, "The alias *x is not supported."),
    ]


def test_value_with_a_fault_is_marked_unreadable() -> None:
    document, _ = parse_yaml(b"a: *x\nb: !t 1\nc: 2024-13-01\nd: fine", "f.yml")

    assert document is not None
    assert [value.is_readable for value in document.entries.values()] == [False, False, False, True]


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("!secret x", "!secret"),
        ("!!python/name:os.system ''", "!!python/name:os.system"),
        ("!!set {}", "!!set"),
    ],
)
def test_tag_is_rejected_and_has_no_effect(text: str, tag: str) -> None:
    assert [(1, 1, f"The tag {tag} is not supported.")] == faults_of(text.encode())


@pytest.mark.parametrize(
    "text", ["2024-13-01", "0x_", "2001-01-01 00:00:00 +99:99", "1" * 65, "1" + ":59" * 40]
)
def test_invalid_number_or_date_is_rejected(text: str) -> None:
    message = f"YAML reads {excerpt(text)} as a number or a date, but it is not a valid one."

    assert [(1, 1, message)] == faults_of(f"a: {text}".encode())


def test_second_document_is_rejected() -> None:
    assert faults_of(b"a: b\n---\nc: [") == [(2, 1, "A second document begins here.")]


def test_syntax_error_returns_no_document() -> None:
    document, faults = parse_yaml(b'a: "b\n', "f.yml")

    assert (document, len(faults)) == (None, 1)


def test_faults_before_a_syntax_error_are_reported() -> None:
    assert [line for line, _, _ in faults_of(b"a: &x 1\na: 2\nb: 'c\n")] == [1, 2, 3]


def test_excerpt_escapes_unprintable_characters() -> None:
    assert excerpt("a\n\N{ZERO WIDTH SPACE}é") == r"a\n\u200bé"


def test_excerpt_is_cut_at_60_characters() -> None:
    assert (excerpt("x" * 60), excerpt("x" * 61)) == ("x" * 60, "x" * 60 + "…")


# Text that is nearly YAML finds more than random bytes do.
PIECES = st.sampled_from(
    [
        *"abc019:-,.?!&*|>%@`'\"#[]{}_~=<\\/ \t\n",
        "\n  ",
        ": ",
        "- ",
        "---\n",
        "0x",
        "2024-",
        "T1:",
        "é",
        "\u2028",
        "\x85",
    ]
)


@settings(max_examples=400)
@given(st.one_of(st.binary(), st.lists(PIECES).map(lambda pieces: "".join(pieces).encode())))
@example(b"\xff\xfea\x00")
@example(b"a: 0x_")
def test_any_bytes_give_a_document_or_faults(data: bytes) -> None:
    document, faults = parse_yaml(data, "f.yml")
    lines = max(1, len(data.decode(errors="replace").splitlines()))

    assert document is not None or faults
    assert all(1 <= fault.line <= lines for fault in faults)
