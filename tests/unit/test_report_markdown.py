"""Text from outside has no effect in GitHub Flavored Markdown."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dictionary_deploy.errors import inline_code
from dictionary_deploy.report.markdown import Markdown, code, fence, link, prose, redact, text
from dictionary_deploy.report.printable import escape_unprintable

# Rich in what means something to Markdown and to GitHub.
foreign = st.one_of(
    st.text(),
    st.text("`|<>@#$:.-_*[]()!~\\&+=/\n\t 01aefw"),
    st.lists(
        st.sampled_from(
            (
                *("@octocat", "#12", "GH-12", "o/r#1", "a1b2c3d4e5"),
                *("www.example.com", "https://e.co", "a@b.co", ":tada:", "$x$"),
                *("<!-- x -->", "<b>", "&copy;", "![i](u)", "| a |", "```", "1. ", "\n---\n"),
            )
        )
    ).map(" ".join),
)


def shown(markdown: str) -> str:
    """Return what a reader sees of text without Markdown of its own."""
    return html.unescape(re.sub("</?span>", "", markdown))


def text_nodes(markdown: str) -> list[str]:
    """Return the pieces in which GitHub looks for mentions, references and addresses."""
    return [html.unescape(node) for node in re.split("</?span>", markdown)]


@pytest.mark.parametrize(
    ("value", "escaped"),
    [
        ("plain words, said (twice).", "plain words, said (twice)."),
        ("<b>&amp;</b>", "&#60;b&#62;&#38;amp;&#60;/b&#62;"),
        ("*a* _b_ ~c~ `d`", "&#42;a&#42; &#95;b&#95; &#126;c&#126; &#96;d&#96;"),
        ("![i](u)", "!&#91;i&#93;(u)"),
        ("a | b", "a &#124; b"),
        ("a\\b", "a&#92;b"),
        ("one\r\n\ttwo", "one two"),
        ("  x  ", "x"),
        ("a\x1bb", "a&#92;x1bb"),
        ("@octocat", "<span>&#64;</span>octocat"),
        ("#12", "<span>&#35;</span>12"),
        ("GH-12", "GH<span>&#45;</span>12"),
        ("éGH-1", "éGH<span>&#45;</span>1"),
        ("日gh-1", "日gh<span>&#45;</span>1"),
        ("éCVE-2021-1", "éCVE<span>&#45;</span>2021-1"),
        ("éGHSA-a", "éGHSA<span>&#45;</span>a"),
        ("$x$", "<span>&#36;</span>x<span>&#36;</span>"),
        (":tada:", "<span>&#58;</span>tada:"),
        ("https://x", "https<span>&#58;</span>//x"),
        ("www.x", "www<span>&#46;</span>x"),
        ("a1b2c3d", "<span>a1b2c3</span><span>d</span>"),
        ("a1b2c3", "a1b2c3"),
        ("xa1b2c3d4", "xa1b2c3d4"),
        ("- a", "&#45; a"),
        ("===", "&#61;=="),
        ("12. a", "12&#46; a"),
        ("1) a", "1&#41; a"),
        ("/merge", "&#47;merge"),
        ("[x] y", "<span>&#91;</span>x&#93; y"),
        ("CVE-2021-44228", "CVE<span>&#45;</span>2021-44228"),
        ("ghsa-jfh8-c2jp", "ghsa<span>&#45;</span>jfh8-c2jp"),
        ("a - b", "a - b"),
    ],
)
def test_text_escapes_active_markup(value: str, escaped: str) -> None:
    assert text(value) == escaped


@given(foreign)
def test_text_shows_the_value_on_one_line(value: str) -> None:
    assert shown(text(value)) == escape_unprintable(re.sub(r"[ \t\r\n]+", " ", value).strip(" "))


@given(foreign)
def test_text_has_no_special_character_of_markdown(value: str) -> None:
    assert re.findall(r"[<>`*_~\[\]|\\\n]|&(?!#\d+;)", re.sub("</?span>", "", text(value))) == []


@given(foreign)
def test_text_begins_no_list_no_rule_and_no_bot_command(value: str) -> None:
    assert re.match(r"[-+=/\s]|\d{1,9}[.)]", text(value)) is None


@given(foreign)
def test_no_text_node_has_a_mention_a_link_or_an_emoji(value: str) -> None:
    active = re.compile(
        r"""
          .[@\#$] | [@\#$].  # mentions, issues, addresses, mathematics
        | :\S | www\. | \bgh-\d  # emoji, links, issues
        | (?<![0-9a-z]) [0-9a-f]{7,} (?![0-9a-z])  # commits
        """,
        re.IGNORECASE | re.VERBOSE,
    )
    assert [node for node in text_nodes(text(value)) if active.search(node)] == []


@pytest.mark.parametrize(
    ("value", "inline"),
    [
        ("search/synonyms.txt", "`search/synonyms.txt`"),
        ("", ""),
        ("@octocat #1 <b>", "`@octocat #1 <b>`"),
        ("a\nb\x00", r"`a\nb\x00`"),
        (" a ", "`  a  `"),
        ("  ", "`  `"),
        (" a", "` a`"),
        ("a`b", "<code>a&#96;b</code>"),
        ("a|b", "<code>a&#124;b</code>"),
        ("a|  b", "<code>a&#124;  b</code>"),
    ],
)
def test_code_shows_the_value_literally(value: str, inline: str) -> None:
    assert code(value) == inline


@given(foreign)
def test_code_neither_splits_a_cell_nor_ends_early(value: str) -> None:
    inline = code(value)
    assert "|" not in inline
    assert "\n" not in inline
    assert inline.count("`") in {0, 2}


@pytest.mark.parametrize(
    ("value", "block"),
    [
        ("a\r\nb\tc", "```\na\nb\tc\n```"),
        ("```\n@x", "````\n```\n@x\n````"),
        ("\x1b[0m\r", "```\n\\x1b[0m\\r\n```"),
    ],
)
def test_fence_is_longer_than_any_run_of_backticks_in_it(value: str, block: str) -> None:
    assert fence(value) == block


KNOWN = link("known", "https://github.com/o/r/commit/abababa")


def linked(commit: str) -> Markdown | None:
    return KNOWN if commit == "abababa" else None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Set `domains: none`\n or `a|b`.", "Set `domains: none` or <code>a&#124;b</code>."),
        ("Same as commit abababa.", f"Same as commit {KNOWN}."),
        ("`abababa` cdcdcdc `a", f"`abababa` {text('cdcdcdc')} &#96;a"),
        ("`@a` @a", f"`@a` {text('@a')}"),
        ("Set `` a`b `` or `c`.", "Set <code>a&#96;b</code> or `c`."),
        ("`` ` `` and `` a", "<code>&#96;</code> and &#96;&#96; a"),
    ],
)
def test_prose_has_code_and_commit_links(value: str, expected: str) -> None:
    assert prose(value, linked) == expected


@given(st.lists(foreign, min_size=1, max_size=3))
def test_values_in_backticks_stay_inline_code(values: list[str]) -> None:
    """A value with backticks neither ends its code nor changes that of the message."""
    lines = [value for value in (re.sub(r"[ \t\r\n]+", " ", each).strip() for each in values) if value]
    message = "".join(f"Not {inline_code(line)}. " for line in lines)

    expected = "".join(f"Not {code(line)}. " for line in lines)
    assert prose(f"{message}Set `a`.", linked) == f"{expected}Set `a`."


def test_fence_has_its_language() -> None:
    assert fence("+ a", "diff") == "```diff\n+ a\n```"


def test_link_escapes_a_label_that_is_text() -> None:
    assert link("a]b", "https://github.com/o/r") == "[a&#93;b](https://github.com/o/r)"


def test_link_keeps_a_label_that_is_markdown() -> None:
    assert link(code("a]b"), "http://localhost:1/x") == "[`a]b`](http://localhost:1/x)"


def test_link_encodes_characters_that_would_end_the_url() -> None:
    assert link("x", 'https://e.co/a b)(<>\n"|`?q=1%20&r=é') == (
        "[x](https://e.co/a%20b%29%28%3C%3E%0A%22%7C%60?q=1%20&r=%C3%A9)"
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//e.co", "", "https:///x"])
def test_link_to_other_schemes_is_only_the_label(url: str) -> None:
    assert link("la_bel", url) == "la&#95;bel"


def test_results_are_markdown() -> None:
    assert [type(made) for made in (text("a"), code("a"), fence("a"), link("a", ""), code(""))] == [
        Markdown
    ] * 5


@pytest.mark.parametrize(
    ("value", "redacted"),
    [
        ("account 123456789012.", "account ***."),
        ("acme-123456789012-eu", "acme-***-eu"),
        ("1234567890123 and logs123456789012", "1234567890123 and logs***"),
        ("analyzers/F123456789012", "analyzers/F123456789012"),
        (f"{'a123456789012' * 3}b", f"{'a123456789012' * 3}b"),
        ("arn%3Aaws%3Aiam%3A%3A123456789012%3Arole/x", "arn:***"),
        (
            "User: arn:aws:sts::123456789012:assumed-role/deploy/run is not authorized",
            "User: arn:*** is not authorized",
        ),
        ("on arn:aws-cn:es:cn-north-1:123456789012:domain/a.", "on arn:***."),
        ('"arn:aws:s3:::bucket/*", next', '"arn:***", next'),
        (
            "https://github.com/o/r/actions/runs/123456789012",
            "https://github.com/o/r/actions/runs/123456789012",
        ),
    ],
)
def test_account_ids_and_arns_are_redacted(value: str, redacted: str) -> None:
    assert redact(value) == redacted
