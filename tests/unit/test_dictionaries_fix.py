"""Fixes leave the entries equal, or change what a rule flags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dictionary_deploy.dictionaries import KINDS, Options
from dictionary_deploy.dictionaries.diff import diff_texts
from dictionary_deploy.dictionaries.fix import FileFormat, apply_fixes

SYNONYMS = FileFormat(KINDS["synonyms"], Options())
NAMES = ["stopwords", "synonyms", "char-mappings"]


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("stopwords", 2 * b"\xef\xbb\xbf" + b"the\n", b"the\n"),
        ("synonyms", b"  # a comment\ntv, telly\n", b"# a comment\ntv, telly\n"),
        ("synonyms", b"tv, telly\r\nflask, thermos\r\n", b"tv, telly\nflask, thermos\n"),
        ("stopwords", b"the \t\na\r", b"the\na\n"),
        ("stopwords", b"the\na\n\nthe\n\n", b"the\na\n\n\n"),
        ("synonyms", b"# x\ntv, telly\n# x\ntv, telly", b"# x\ntv, telly\n# x\n"),
        ("stemmer-override", b"a => b\na => b\n", b"a => b\n"),
    ],
)
def test_fixes_of_a_file_keep_its_entries(kind: str, before: bytes, after: bytes) -> None:
    assert after == apply_fixes(before, [FileFormat(KINDS[kind], Options())])


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("synonyms", b"tv,  telly\n#comment\n"),
        ("synonyms", b"tv,\\ \nsofa, couch\n"),
        ("synonyms", b"caf\xe9 \n"),
        ("stopwords", b"t\0h\0e\0 \n"),
        ("text", b"\xef\xbb\xbfa \na \n"),
        ("binary", b"a \na \n"),
        ("synonyms", 2 * b"<<<<<<< HEAD\na, b\n=======\na, c\n>>>>>>> feature\n"),
        ("word-delimiter-types", b"$ => DIGIT\n$ => ALPHA\n$ => DIGIT\n"),
        ("hyphenation-patterns", b"<hyphenation-info><!--\na\n-->\n<!--\nb\n--></hyphenation-info>"),
    ],
)
def test_file_without_a_safe_fix_is_unchanged(kind: str, data: bytes) -> None:
    assert data == apply_fixes(data, [FileFormat(KINDS[kind], Options())])


def test_fix_is_safe_for_every_reader() -> None:
    data = b"  # a, b\n"

    assert data == apply_fixes(data, [SYNONYMS, FileFormat(KINDS["ik-words"], Options())])


@given(st.text(alphabet="ab,=># \t\r\n", max_size=40), st.sampled_from(NAMES))
def test_fix_keeps_entries_unless_a_comment_was_indented(content: str, kind: str) -> None:
    file_format = FileFormat(KINDS[kind], Options())
    after = apply_fixes(content.encode(), [file_format])

    if "#" not in content:
        one, other = (file_format.kind.decode(data) for data in (content.encode(), after))
        counts = diff_texts(file_format.kind, one, other, file_format.options).entries
        assert (0, 0, 0) == (counts.added, counts.removed, counts.changed)
