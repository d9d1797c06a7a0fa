"""Validation takes linear time and bounded memory for any file."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import thread_time

import pytest

from dictionary_deploy.dictionaries import KINDS, Options, Text, validate
from dictionary_deploy.dictionaries.diff import diff_texts
from dictionary_deploy.dictionaries.expectations import broken_expectations
from dictionary_deploy.model import Analyzer, Expectation
from tests.growth import MAX_RATIO, Shape, ratio

KIB = 1024
SMALL = 8 * KIB
UNITS = ("a", ",", '"', "=>", "#", " ", "\\", "'", "\u0301", "\u3000", "東", "a ", "a\n", " \n", "a,")

QUADRATIC = [
    ("kuromoji-user-dictionary", Shape('">,'), 16 * KIB),
    ("synonyms", Shape("x #a ", tail="=> x"), 256 * KIB),
    ("synonyms", Shape("=", tail=" ==> x"), 64 * KIB),
    ("nori-user-dictionary", Shape("#", head="a", tail="\u2028x"), 32 * KIB),
    ("kuromoji-user-dictionary", Shape("#", tail="\u0085x"), 32 * KIB),
    ("text", Shape("<<<<<<< a\n>>>>>>> b\n"), 256 * KIB),
    ("text", Shape("=======\n", tail="<<<<<<< a"), 256 * KIB),
]
"""Files that took quadratic time, or could take it."""


@pytest.mark.parametrize(("kind", "shape", "size"), QUADRATIC)
def test_hostile_file_takes_linear_time(kind: str, shape: Shape, size: int) -> None:
    assert ratio(kind, shape, size) < MAX_RATIO


@pytest.mark.parametrize("kind", ["synonyms", "stopwords", *sorted({*KINDS} - {"synonyms", "stopwords"})])
def test_repeated_characters_take_linear_time(kind: str) -> None:
    taken = {unit: ratio(kind, Shape(unit), SMALL) for unit in UNITS}
    assert {} == {unit: each for unit, each in taken.items() if each > MAX_RATIO}


def test_many_rejected_terms_take_linear_time() -> None:
    """The terms differ, so each is searched for in a long line."""
    signs = "+-*/&^%$"
    terms = ["".join(signs[int(digit)] for digit in f"{number:o}") for number in range(20_000)]
    options = Options(analyzer=Analyzer(tokenizer="standard", stopwords=frozenset(map(str, range(10_000)))))

    def read(lines: list[str]) -> object:
        return validate(KINDS["synonyms"], "\n".join(lines).encode(), "file.txt", options)

    one_line, many_lines = _seconds(read, [", ".join(terms)]), _seconds(read, terms)
    assert one_line < 5 * many_lines


def test_rules_with_many_terms_are_compared_in_linear_time() -> None:
    """Each of n terms of a rule expands to all, before and after."""
    kind, options = KINDS["synonyms"], Options()

    def compare(separators: list[str]) -> object:
        [separator] = separators
        before, after = (Text(separator.join(f"{sign}{n}" for n in range(40_000))) for sign in "ab")
        return diff_texts(kind, before, after, options)

    one_line, many_lines = _seconds(compare, [", "]), _seconds(compare, [" => x\n"])
    assert one_line < 6 * many_lines


def test_expectations_of_long_texts_take_about_the_time_of_short_ones() -> None:
    text = Text("".join(f"w => x{number}\n" for number in range(20_000)))

    def check(texts: list[str]) -> object:
        return broken_expectations("synonyms", [Expectation("w", tuple(texts))], text, Options())

    short, long = ([" ".join([f"v{number}"] * length) for number in range(20)] for length in (1, 200))
    assert _seconds(check, long) < 10 * _seconds(check, short)


def _seconds(read: Callable[[list[str]], object], lines: list[str]) -> float:
    began = thread_time()
    read(lines)
    return thread_time() - began


MEASURE = r"""
import json, pathlib, re, sys
sys.path.insert(0, sys.argv[1])
from dictionary_deploy.dictionaries import KINDS, Options, Text, validate
from dictionary_deploy.dictionaries.diff import diff_texts
from dictionary_deploy.dictionaries.expectations import broken_expectations
def megabytes():
    return int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path("/proc/self/status").read_text())[1]) / 1024
kind, options = KINDS[sys.argv[2]], Options()
data = sys.stdin.buffer.read()
before = megabytes()
_, text = validate(kind, data, "file.txt", options)
other = kind.decode(data + sys.argv[3].encode())
found = diff_texts(kind, text, other, options)
print(json.dumps([found.entries.changed, found.entries.total, megabytes() - before]))
"""


def test_large_wordnet_set_shares_its_members() -> None:
    """Each of 9,000 words expands to all."""
    lines = (f"s(100000001,{number},'word {number}',n,1,0).\n" for number in range(9_000))

    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(Path(__file__).parents[2] / "src"), "wordnet-synonyms",
         "s(100000001,9001,'another',n,1,0).\n"],
        input="".join(lines).encode(), capture_output=True, check=True, timeout=120,
    )  # fmt: skip

    changed, total, megabytes = json.loads(done.stdout)
    assert (9_000, 9_001) == (changed, total)
    assert megabytes < 50
