"""Hostile files of any size, and the time that validation takes for them.

A time counts relative to that of an ordinary file of the same kind and size, measured in the same process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from time import thread_time

from dictionary_deploy.dictionaries import KINDS, Kind, Options, validate
from dictionary_deploy.dictionaries.diff import diff_texts

MAX_RATIO = 60
"""Times that a hostile file may take of an ordinary one: lines of two characters are many lines."""
MIN_SECONDS = 0.02
"""Seconds of an ordinary file that the clock can measure."""

ORDINARY = {
    "synonyms": "laptop {0}, notebook {0}\n",
    "wordnet-synonyms": "s(1{0:08},1,'word {0}',n,1,0).\n",
    "hyphenation-patterns": ".a{0}b1c\n",
    "stemmer-override": "running{0}, runs{0} => run{0}\n",
    "word-delimiter-types": "\\u{0:04x} => ALPHA\n",
    "char-mappings": "text{0} => {0}\n",
    "kuromoji-user-dictionary": "東京都庁{0},東京 都庁{0},トウキョウ トチョウ,名詞\n",
    "nori-user-dictionary": "세종시{0} 세종 시{0}\n",
}
ENVELOPES = {
    "hyphenation-patterns": (
        "<hyphenation-info><classes>aA</classes><patterns>",
        "</patterns></hyphenation-info>",
    )
}

Judge = Callable[[Kind, bytes], object]


@dataclass(frozen=True)
class Shape:
    """A text that repeats `unit`, and then `other`, between a head and a tail."""

    unit: str
    head: str = ""
    tail: str = ""
    other: str = ""

    def of(self, size: int) -> str:
        """Return the text, of about `size` bytes."""
        share = size // (2 if self.other else 1)
        repeated = (each * (share // len(each.encode()) + 1) for each in (self.unit, self.other) if each)
        return f"{self.head}{''.join(repeated)}{self.tail}"


def read(kind: Kind, data: bytes) -> None:
    """Validate a file, count its entries, and compare it with one that has another first line."""
    options = Options()
    _, text = validate(kind, data, "file.txt", options)
    if text is not None:
        diff_texts(kind, None, text, options)
        diff_texts(kind, type(text)("first\n", *text.blocks), text, options)


def file_of(kind: str, text: str) -> bytes:
    """Return a file with this text, inside the elements that the kind needs."""
    before, after = ENVELOPES.get(kind, ("", ""))
    return f"{before}{text}{after}".encode()


def seconds(judge: Judge, kind: str, data: bytes) -> float:
    began = thread_time()
    judge(KINDS[kind], data)
    return thread_time() - began


@cache
def ordinary_seconds(kind: str, size: int) -> float:
    """Return the time of an ordinary file, the better of two."""
    line = ORDINARY.get(kind, "word{0}\n")
    count = size // len(line.format(1000).encode())
    data = file_of(kind, "".join(line.format(n) for n in range(count)))
    return min(seconds(read, kind, data) for _ in range(2))


def ratio(kind: str, shape: Shape, size: int, judge: Judge = read) -> float:
    """Return the time of a hostile file as a multiple of an ordinary one's."""
    taken = seconds(judge, kind, file_of(kind, shape.of(size)))
    return taken / max(MIN_SECONDS, ordinary_seconds(kind, size))
