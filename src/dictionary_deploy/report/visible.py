"""Characters that do not print, made visible."""

from __future__ import annotations


def visible(value: str, keep: str = "") -> str:
    r"""Return `value` with each character that does not print as an escape: `\x1b`, `\u202e`, `\n`.

    Terminal escapes, direction overrides, zero-width characters, lone surrogates and all white
    space but the blank are meant; those in `keep` stay as they are.
    """
    if value.isprintable():
        return value
    return "".join(
        char if char.isprintable() or char in keep else char.encode("unicode_escape").decode("ascii")
        for char in value
    )
