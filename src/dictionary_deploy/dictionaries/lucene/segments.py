"""Segments of a surface, of which Lucene stores only the lengths."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dictionary_deploy.dictionaries.lucene.escapes import escape_surrogates

# Java's dot does not match these characters; its dollar sign matches before one at the end.
_LINE_END = re.compile("[\u0085\u2028\u2029]")


def without_comment(text: str) -> str:
    """Return the text after Lucene's `replaceAll("#.*$", "")`."""
    if "#" not in text:
        return text
    start = 0
    for found in _LINE_END.finditer(text, 0, len(text) - 1):
        start = found.end()
    comment = text.find("#", start)
    if comment < 0:
        return text
    return text[:comment] + (text[-1] if _LINE_END.match(text[-1]) else "")


def utf16_length(text: str) -> int:
    """Return the length in UTF-16 units, as Java counts."""
    return len(text.encode("utf-16-le")) // 2


def cut_surface(surface: str, segments: Iterable[str]) -> tuple[str, ...]:
    """Return the surface, split by the lengths of the segments."""
    encoded, start, found = surface.encode("utf-16-le"), 0, []
    for segment in segments:
        end = start + 2 * utf16_length(segment)
        found.append(escape_surrogates(encoded[start:end].decode("utf-16-le", "surrogatepass")))
        start = end
    return tuple(found)
