"""Foreign text as GitHub Flavored Markdown that shows it, and nothing else.

GitHub acts on text twice. Markdown itself is kept off by character references (`&#42;`), which work
in prose, in table cells and within HTML blocks alike, where backslashes do not. Mentions, references to
issues, commits and advisories, emoji, addresses, mathematics and tasks are found afterwards, in the text
nodes of the finished page, where a reference is its character again (github/cmark-gfm issue 181): there
the character or the digits that would set them off stand in an element of their own, `<span>`, which is
invisible and leaves nothing behind when the text is copied.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from dictionary_deploy.report.printable import escape_unprintable


class Markdown(str):
    """Text that is Markdown already; every other string is still to be escaped."""

    __slots__ = ()


_ACTIVE = re.compile(
    r"""
      (?P<hexadecimal> (?<![0-9A-Za-z]) [0-9A-Fa-f]{7,} (?![0-9A-Za-z]) )  # the SHA of a commit
    | (?P<trigger> [@\#$] | :(?=\S) | (?<=[Ww]{3})\. | (?<=\b[Gg][Hh])-(?=\d)
                 | (?:(?<=\b[Cc][Vv][Ee]) | (?<=\b[Gg][Hh][Ss][Aa]))-(?=\w) | ^\[(?=[ Xx]\]) )
    | (?P<block> ^(?: [-+=/] | \d{1,9}[.)] ) )  # lists, rules, underlined headings, orders to bots
    | (?P<inline> [&<>\\`*_\[\]|~] )
    """,
    re.VERBOSE,
)


def text(value: str) -> Markdown:
    """Return `value` as running text, on one line, for paragraphs, headings, lists and table cells."""
    line = re.sub(r"[ \t\r\n]+", " ", value).strip(" ")
    return Markdown(_escaped(escape_unprintable(line)))


def code(value: str) -> Markdown:
    """Return `value` as inline code on one line; an empty value stays empty.

    A table splits its cells at `|` even within backticks, and a run of backticks as long as the
    delimiter ends it: a value with either is put into an element instead.
    """
    line = escape_unprintable(value)
    if "`" in line or "|" in line:
        return Markdown(f"<code>{_escaped(line)}</code>")
    if line.startswith(" ") and line.endswith(" ") and line.strip(" "):
        line = f" {line} "  # a code span loses one blank at either end
    return Markdown(f"`{line}`" if line else "")


def fence(value: str, language: str = "") -> Markdown:
    """Return `value` as a fenced block; lines and tabs stay, `language` is a name of our own."""
    lines = escape_unprintable(value.replace("\r\n", "\n"), keep="\n\t")
    longest = max(map(len, re.findall("`+", lines)), default=0)
    delimiter = "`" * max(3, longest + 1)
    return Markdown(f"{delimiter}{language}\n{lines}\n{delimiter}")


def link(label: str, url: str) -> Markdown:
    """Return `label` linked to `url`, or the label alone when that is no http or https address."""
    shown = label if isinstance(label, Markdown) else text(label)
    if not re.match(r"https?://[^/\s]", url):
        return shown
    address = quote(url, safe="%/:?#@!$&'+,=~", errors="replace")
    return Markdown(f"[{shown}]({address})")


# In an address the colons are encoded.
_ARN = re.compile(r"(?<![a-z])arn(?::|%3A)aws[^\s\"'`<>(),;|]*[^\s\"'`<>(),;|.:]", re.IGNORECASE)
# A hash, the ID of a package and the number of a workflow run may have twelve digits in a row, too.
_ACCOUNT = re.compile(
    r"(?P<kept> [0-9a-f]{32,} | \bF[0-9]+\b | /runs/[0-9]+ ) | (?<![0-9])[0-9]{12}(?![0-9])", re.VERBOSE
)


def redact(value: str) -> str:
    """Return `value` without ARNs and AWS account IDs (twelve digits between others than digits)."""
    return _ACCOUNT.sub(lambda found: found["kept"] or "***", _ARN.sub("arn:***", value))


def _escaped(line: str) -> str:
    return _ACTIVE.sub(_inactive, line)


def _inactive(found: re.Match[str]) -> str:
    piece = found.group()
    match found.lastgroup:
        case "hexadecimal":
            # Seven digits are the least that GitHub takes for a commit.
            return "".join(f"<span>{piece[at : at + 6]}</span>" for at in range(0, len(piece), 6))
        case "trigger":
            return f"<span>{_reference(piece)}</span>"
        case _:
            return piece[:-1] + _reference(piece[-1])


def _reference(char: str) -> str:
    return f"&#{ord(char)};"
