"""Detect the markers that git leaves in a file whose merge conflict is not resolved."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dictionary_deploy.dictionaries.kind import DataRule, Finding, Options

_MARKER = re.compile(rb"^(?:<{7}(?= )|\|{7}(?![^ \n])|={7}$|>{7}(?= ))", re.MULTILINE)
_LABELED = (b"<<<<<<< ", b">>>>>>> ")
"""Markers that git writes with the name of a commit."""
_ORDER = b"<|=>"


def _merge_conflict(data: bytes, _: Options) -> Iterator[Finding]:
    """Flag the markers of an unresolved merge conflict, also if some of them were removed.

    The engine would read the markers as entries, and the entries of both branches. A line of equals signs
    alone is not flagged: it can underline a heading. Rules about the text do not run until the conflict is
    resolved.

    Fix: resolve the conflict, for example with `git mergetool`, and remove all markers.

    - <<<<<<< HEAD
      laptop, notebook
    - =======
    - laptop, ultrabook
    - >>>>>>> feature
    """
    if not any(label in data for label in _LABELED):
        return
    text = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    for markers in _conflicts(text):
        if not {b"<", b">"}.isdisjoint(markers):
            first, last = min(markers.values()), max(markers.values())
            where = f"Lines {first} to {last} have the markers" if first < last else "This line is a marker"
            yield Finding(
                first,
                1,
                f"{where} of a merge conflict. Write the entries that both"
                " branches need, and remove the lines that start with `<<<<<<<`, `=======` or `>>>>>>>`.",
            )


def _conflicts(text: bytes) -> Iterator[dict[bytes, int]]:
    """Yield the lines of the markers that follow each other in the order of a conflict."""
    markers: dict[bytes, int] = {}
    number, counted = 1, 0
    for match in _MARKER.finditer(text):
        number += text.count(b"\n", counted, match.start())
        counted = match.start()
        sign = match[0][:1]
        if markers and _ORDER.index(sign) <= max(map(_ORDER.index, markers)):
            yield markers
            markers = {}
        markers[sign] = number
    yield markers


MERGE_CONFLICT = DataRule("merge-conflict", "error", _merge_conflict)
