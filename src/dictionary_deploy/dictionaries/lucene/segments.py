"""Segments of a surface, of which Lucene keeps no more than their lengths."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dictionary_deploy.dictionaries.lucene.escapes import escape_surrogates

# Java's dot matches none of these, and its dollar sign matches before one at the very end.
_COMMENT = re.compile("#[^\u0085\u2028\u2029]*(?=[\u0085\u2028\u2029]?\\Z)")


def without_comment(text: str) -> str:
    """What Lucene's `replaceAll("#.*$", "")` leaves."""
    return _COMMENT.sub("", text) if "#" in text else text


def utf16_length(text: str) -> int:
    """The length in UTF-16 units, by which Java counts."""
    return len(text.encode("utf-16-le")) // 2


def cut_surface(surface: str, segments: Iterable[str]) -> tuple[str, ...]:
    """The segments as they are found in text: the surface, cut by their lengths."""
    encoded, start, found = surface.encode("utf-16-le"), 0, []
    for segment in segments:
        end = start + 2 * utf16_length(segment)
        found.append(escape_surrogates(encoded[start:end].decode("utf-16-le", "surrogatepass")))
        start = end
    return tuple(found)
