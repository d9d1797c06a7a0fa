"""Segments of a surface, of which Lucene stores only the lengths."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dictionary_deploy.dictionaries.lucene.escapes import escape_surrogates

# Java's dot does not match these characters; its dollar sign matches before one at the end.
_COMMENT = re.compile("#[^\u0085\u2028\u2029]*(?=[\u0085\u2028\u2029]?\\Z)")


def without_comment(text: str) -> str:
    """Return the text after Lucene's `replaceAll("#.*$", "")`."""
    return _COMMENT.sub("", text) if "#" in text else text


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
