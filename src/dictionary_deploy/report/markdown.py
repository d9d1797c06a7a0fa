"""Escape text from outside for GitHub Flavored Markdown, so that it is shown and has no effect.

GitHub interprets text twice. Character references (`&#42;`) disable Markdown in prose, table cells and HTML
blocks, where backslashes do not work. GitHub then looks for mentions, references to issues, commits and
advisories, emoji, addresses, mathematics and tasks in the text nodes of the finished page, where a
reference is its character again (github/cmark-gfm issue 181). A `<span>` around the character or the digits
that trigger them prevents this. It is invisible, and absent from copied text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from dictionary_deploy.errors import inline_code
from dictionary_deploy.report.printable import escape_unprintable


class Markdown(str):
    """Text that is already Markdown. All other strings must be escaped."""

    __slots__ = ()


_ACTIVE = re.compile(
    r"""
      (?P<hexadecimal> (?<![0-9A-Za-z]) [0-9A-Fa-f]{7,} (?![0-9A-Za-z]) )  # the SHA of a commit
    | (?P<trigger> [@\#$] | :(?=\S) | (?<=[Ww]{3})\. | (?<=[Gg][Hh])-(?=\d)
                 | (?:(?<=[Cc][Vv][Ee]) | (?<=[Gg][Hh][Ss][Aa]))-(?=\w) | ^\[(?=[ Xx]\]) )
    | (?P<block> ^(?: [-+=/] | \d{1,9}[.)] ) )  # lists, rules, underlined headings, commands for bots
    | (?P<inline> [&<>\\`*_\[\]|~] )
    """,
    re.VERBOSE,
)


def text(value: str) -> Markdown:
    """Return `value` as text on one line, for paragraphs, headings, lists and table cells."""
    return Markdown(_escape(escape_unprintable(_one_line(value))))


def code(value: str) -> Markdown:
    """Return `value` as inline code on one line; an empty value stays empty.

    A table splits its cells at `|` even in inline code, and a backtick would end it: such a value becomes
    an element.
    """
    line = escape_unprintable(value)
    if "`" in line or "|" in line:
        return Markdown(f"<code>{_escape(line)}</code>")
    if line.startswith(" ") and line.endswith(" ") and line.strip(" "):
        line = f" {line} "  # Markdown strips one space at both ends
    return Markdown(f"`{line}`" if line else "")


def prose(value: str, commit_link: Callable[[str], Markdown | None]) -> Markdown:
    """Return a message on one line, with its code in backticks, and its commits linked.

    `commit_link` returns None for a hash that is not a known commit. Not for an HTML block, in which
    GitHub parses no inline code.
    """
    line, parts, end = _one_line(value), list[str](), 0
    for found in _CODE_OR_HASH.finditer(line):
        parts.append(_escape(escape_unprintable(line[end : found.start()])))
        inner, end = found["code"] or found["fenced"], found.end()
        shown = code(inner) if inline_code(inner or "") == found[0] else commit_link(found[0])
        parts.append(shown or _escape(escape_unprintable(found[0])))
    parts.append(_escape(escape_unprintable(line[end:])))
    return Markdown("".join(parts))


# As in Markdown, code with backticks is between longer runs of them (see `errors.inline_code`).
_CODE_OR_HASH = re.compile(
    r"""
      (?<!`)(?P<fence>``+)(?!`) [ ](?P<fenced>.+?)[ ] (?P=fence)(?!`)
    | (?<!`)`(?P<code>[^`\s](?:[^`]*[^`\s])?)`(?!`)
    | (?<![0-9A-Za-z])[0-9a-f]{7,64}(?![0-9A-Za-z])
    """,
    re.VERBOSE,
)


def fence(value: str, language: str = "") -> Markdown:
    """Return `value` as a fenced block that keeps lines and tabs. `language` must be trusted."""
    lines = escape_unprintable(value.replace("\r\n", "\n"), keep="\n\t")
    longest = max(map(len, re.findall("`+", lines)), default=0)
    delimiter = "`" * max(3, longest + 1)
    return Markdown(f"{delimiter}{language}\n{lines}\n{delimiter}")


def link(label: str, url: str) -> Markdown:
    """Return `label` linked to `url`; the label alone if `url` is not an http or https address."""
    shown = label if isinstance(label, Markdown) else text(label)
    if not re.match(r"https?://[^/\s]", url):
        return shown
    address = quote(url, safe="%/:?#@!$&'+,=~", errors="replace")
    return Markdown(f"[{shown}]({address})")


# In a URL the colons are encoded.
_ARN = re.compile(r"(?<![a-z])arn(?::|%3A)aws[^\s\"'`<>(),;|]*[^\s\"'`<>(),;|.:]", re.IGNORECASE)
# A hash, a package ID and the number of a workflow run may also have twelve digits in a row.
_ACCOUNT = re.compile(
    r"(?P<keep> [0-9a-f]{32,} | \bF[0-9]+\b | /runs/[0-9]+ ) | (?<![0-9])[0-9]{12}(?![0-9])", re.VERBOSE
)


def redact(value: str) -> str:
    """Return `value` without ARNs and AWS account IDs (exactly twelve digits in a row)."""
    return _ACCOUNT.sub(lambda found: found["keep"] or "***", _ARN.sub("arn:***", value))


def _one_line(value: str) -> str:
    return re.sub(r"[ \t\r\n]+", " ", value).strip(" ")


def _escape(line: str) -> str:
    return _ACTIVE.sub(_disable, line)


def _disable(found: re.Match[str]) -> str:
    piece = found.group()
    match found.lastgroup:
        case "hexadecimal":
            # GitHub links commits from seven digits.
            return "".join(f"<span>{piece[at : at + 6]}</span>" for at in range(0, len(piece), 6))
        case "trigger":
            return f"<span>{_reference(piece)}</span>"
        case _:
            return piece[:-1] + _reference(piece[-1])


def _reference(char: str) -> str:
    return f"&#{ord(char)};"
