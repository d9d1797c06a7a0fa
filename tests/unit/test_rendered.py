"""GitHub's renderer shows values from outside as text or inline code, in their places, without effect."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dictionary_deploy.errors import Fault
from dictionary_deploy.model import (
    Dictionary,
    Diff,
    DomainPackage,
    EntryChange,
    EntryCounts,
    Failure,
    Package,
    Problem,
    Report,
    Result,
    Version,
)
from dictionary_deploy.report.markdown import code, fence, link, redact, text
from dictionary_deploy.report.printable import escape_unprintable
from dictionary_deploy.report.render import marker, render_comment, render_summary
from tests import hostile
from tests.rendered import Element, acted_upon, outline, render

COMMIT = "4f5c0ffee4f5c0ffee4f5c0ffee4f5c0ffee1234"
MARKER = marker(".github/dictionaries.yml", "")
ACCOUNT = "123456789012"
OURS = ("https://github.com/octo/shop/", "https://s3.console.aws.amazon.com/s3/object/")


def is_seen(value: str) -> bool:
    """Return True if there is something to show and nothing to redact."""
    return redact(value) == value and value.strip(" \t\r\n") != ""


foreign = hostile.texts.filter(is_seen)


def report(say: Callable[[int], str]) -> Report:
    """Return a report with every part, whose values from outside are those of `say`, by number."""
    dictionary = Dictionary(say(0), say(1), "synonyms", (say(2), "search-b"), line=4)
    # With a sign behind it no value is the name of another field, or a status.
    details = {
        "PackageName": say(1),
        f"{say(3)}!": say(4),
        "ErrorDetails": {"ErrorType": say(5), f"{say(6)}!": say(7)},
        "Number": 7,
    }
    worked = Result(
        dictionary,
        "updated",
        say(8),
        changed=True,
        adopted=True,
        commit=COMMIT,
        previous_commit=COMMIT[::-1],
        replaced=Version(say(9), say(10)),
        object=f"s3://acme/{say(11)}x",
        package=Package("F1", say(1), "AVAILABLE", say(12), details),
        domains=(DomainPackage(say(13), "ACTIVE", say(14)), DomainPackage(say(2), "ACTIVE", say(12))),
        engines={say(2): f"OpenSearch_{say(15).replace('_', '')}"},
        diff=Diff(EntryCounts(2, 1, 0, 9), (EntryChange("+", say(16)), EntryChange("-", say(17)))),
        problems=(Problem(say(18), "warning", say(0), 3, say(19)),),
    )
    failed = Result(
        replace(dictionary, file=say(20), domains="associated"),
        "failed",
        say(21),
        reason="access-denied",
        remedy=say(22),
        package=Package("F2", say(23), f"{say(24)}!", say(12)),
        domains=None,
        why_no_domains=say(25),
        problems=tuple(Problem("rule", "error", say(20), n, f"{say(26)} {n}") for n in range(12)),
    )
    return Report(
        "deploy",
        (worked, failed, replace(worked, dictionary=replace(dictionary, file=say(27)), outcome="superseded")),
        config_path=say(28),
        environment=say(29),
        branch=say(30),
        commit=COMMIT,
        repository="octo/shop",
        run_url="https://github.com/octo/shop/actions/runs/17",
        region=say(31),
        failure=Failure("invalid-config", say(32), say(33), (Fault(say(28), 3, say(34), say(35)),)),
        notes=(say(36), say(37)),
    )


COUNT = 38


def placeholder(number: int) -> str:
    """Return a word without effect that is not part of another one."""
    return f"q{chr(ord('g') + number // 10)}{chr(ord('g') + number % 10)}q"


def as_shown(values: Sequence[str]) -> Callable[[str, bool], str]:
    """Return a function that replaces the placeholders in text."""
    known = {placeholder(number): value for number, value in enumerate(values)}
    known[placeholder(15)] = values[15].replace("_", "")  # as in `report`

    def shown(said: str, is_code: bool) -> str:  # noqa: FBT001 - `outline` calls it
        # A paragraph collapses whitespace; in code it is escaped.
        def value(found: re.Match[str]) -> str:
            written = known[found.group()]
            return escape_unprintable(written if is_code else re.sub(r"[ \t\r\n]+", " ", written))

        return re.sub("q[g-z][g-z]q", value, said)

    return shown


def links(page: Element) -> list[str]:
    return [dict(element.attributes)["href"] or "" for element in page.walk() if element.name == "a"]


def assert_text(rendered: Callable[[Report, str], str], values: Sequence[str]) -> None:
    """Assert that the page is the plain report's, with each value in its place as text or inline code."""
    plain = render(render_comment(report(placeholder), MARKER))
    page = render(rendered(report(values.__getitem__), MARKER))

    assert outline(plain, as_shown(values)) == outline(page)
    assert [] == acted_upon(page)
    assert len(links(plain)) == len(links(page))
    assert [] == [url for url in links(page) if not url.startswith(OURS)]


@settings(max_examples=40)
@given(st.lists(foreign, min_size=COUNT, max_size=COUNT, unique=True))
def test_hostile_values_are_text_in_their_places(values: list[str]) -> None:
    assert_text(render_comment, values)


@pytest.mark.parametrize("value", [*filter(is_seen, hostile.VALUES)])
def test_each_known_trick_is_text_in_every_place(value: str) -> None:
    values = [f"{value}{' ' * number}" if number else value for number in range(COUNT)]

    page = render(render_summary(report(values.__getitem__)))

    assert outline(render(render_summary(report(placeholder))), as_shown(values)) == outline(page)
    assert [] == acted_upon(page)


@given(foreign)
@example("[x] done")
def test_text_has_no_effect_in_any_place(value: str) -> None:
    escaped = text(value)
    for before, after in (("", ""), ("- ", ""), ("> ", ""), ("## ", ""), ("**", "**"), ("| ", " |\n|---|")):
        page = render(f"{before}{escaped}{after}")
        known = {"page", "p", "ul", "li", "blockquote", "h2", "strong", "table", "thead", "tr", "th", "span"}
        assert set() == {element.name for element in page.walk()} - known
        assert [] == acted_upon(page)


@given(hostile.texts)
def test_code_and_fences_have_exactly_the_value(value: str) -> None:
    cell = render(f"| a |\n|---|\n| {code(value)} |")
    [block] = [each for each in render(fence(value, "diff")).children if isinstance(each, Element)]

    assert [escape_unprintable(value)] * bool(value) == [
        each.text for each in cell.walk() if each.name == "code"
    ]
    assert {"code"} | {"page", "table", "thead", "tbody", "tr", "th", "td", "span"} >= {
        each.name for each in cell.walk()
    }
    assert escape_unprintable(value.replace("\r\n", "\n"), keep="\n\t") + "\n" == block.text
    assert [] == acted_upon(cell) + acted_upon(block)


@given(hostile.texts)
def test_link_has_its_target_and_label(value: str) -> None:
    page = render(f"a {link(value, f'https://github.com/{value}')} b")

    assert ["page", "p", "a"] == [each.name for each in page.walk() if each.name != "span"]
    assert links(page)[0].startswith("https://github.com/")


@given(hostile.texts, hostile.texts, hostile.texts)
def test_marker_is_one_hidden_line_unique_to_the_configuration(a: str, b: str, c: str) -> None:
    page = render(f"{marker(a, b)}\ntext")

    [comment, rest] = [each for each in page.children if isinstance(each, Element) or each.strip()]
    assert ("comment", "text") == (getattr(comment, "name", ""), str(getattr(rest, "text", rest)).strip())
    assert (a == c) == (marker(a, b) == marker(c, b))
    assert (b == c) == (marker(a, b) == marker(a, c))
    assert ("" == a) == (marker("", a + b) == marker(a, b))


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "x {} y",
        "({})",
        "'{}'",
        '"{}"',
        "_{}_",
        "-{}-",
        ".{}.",
        ":{}:",
        "/{}/",
        "\\n{}",
        "%3A{}%3A",
        "logs{}",
        "{}logs",
        "ÄÖ{}Ü",
        "arn:aws:iam::{}:role/x",
        "arn%3Aaws%3Aiam%3A%3A{}%3Arole",
        "arn:aws-us-gov:es:x:{}:domain/y",
        "arn:aws:sts::{}:assumed-role/a b/c",
        "Arn=arn:aws:iam::{}:user/é",
        "\u200b{}",
        "@{}",
        "account={}&x",
        '{"Account":"{}"}',
        "{}\n{}",
        "x{}/runs",
    ],
)
def test_no_account_id_and_no_arn_is_in_a_comment(around: str) -> None:
    value = around.replace("{}", ACCOUNT)
    entries = {16: "a, b", 17: "c, d"}  # of the repository's own files, not redacted

    page = render(render_comment(report(lambda number: entries.get(number, value)), MARKER))

    seen = page.text + "".join(str(each.attributes) for each in page.walk())
    assert [] == re.findall(rf"{ACCOUNT}|arn(?::|%3A)aws", seen)
