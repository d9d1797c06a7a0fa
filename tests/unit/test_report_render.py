"""The comment and the step summary: content, limits and escaping."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dictionary_deploy.decide.result import REMEDIES
from dictionary_deploy.errors import Fault
from dictionary_deploy.model import (
    Dictionary,
    Diff,
    DomainPackage,
    EntryChange,
    EntryCounts,
    Failure,
    Outcome,
    Package,
    Problem,
    Report,
    Result,
    Version,
)
from dictionary_deploy.report import render
from dictionary_deploy.report.render import (
    has_news,
    load_templates,
    marker,
    render_comment,
    render_nothing,
    render_summary,
)

GOLDEN = Path(__file__).parents[1] / "data" / "report"
MARKER = marker(".github/dictionaries.yml", "")
COMMIT = "4f5c0ffee4f5c0ffee4f5c0ffee4f5c0ffee1234"
BEFORE = "0ld0000000000000000000000000000000000000".replace("l", "1")
AT = "2026-07-10T12:00:00.000Z"


def package(name: str = "product-synonyms", version: str = "v4", **members: Any) -> Package:
    details = {
        "PackageID": "F12345",
        "PackageName": name,
        "PackageType": "TXT-DICTIONARY",
        "PackageStatus": "AVAILABLE",
        "CreatedAt": AT,
        "AvailablePackageVersion": version,
    }
    return replace(Package("F12345", name, "AVAILABLE", version, details), **members)


def result(outcome: Outcome = "updated", **members: Any) -> Result:
    base = Result(
        Dictionary("search/synonyms.txt", "product-synonyms", "synonyms", "associated", line=4),
        outcome,
        "Version v4 was made from this commit.",
        changed=True,
        commit=COMMIT,
        previous_commit=BEFORE,
        object=f"s3://acme-search/dictionaries/product-synonyms/{COMMIT}.txt",
        package=package(),
        domains=(DomainPackage("search-prod", "ACTIVE", "v4"), DomainPackage("search-blog", "ACTIVE", "v4")),
        engines={"search-prod": "OpenSearch_2.11", "search-blog": "7.10"},
        diff=Diff(
            EntryCounts(1, 1, 1, 120),
            (EntryChange("+", "tea, chai"), EntryChange("-", "cup => mug"), EntryChange("~", "tv, telly")),
        ),
    )
    return replace(base, **members)


def report(*results: Result, **members: Any) -> Report:
    base = Report(
        "deploy",
        results,
        ".github/dictionaries.yml",
        branch="main",
        commit=COMMIT,
        repository="octo/shop",
        run_url="https://github.com/octo/shop/actions/runs/17",
        region="eu-west-1",
    )
    return replace(base, **members)


def stopwords(outcome: Outcome, message: str = "", **members: Any) -> Result:
    dictionary = Dictionary("search/stop|words.txt", "stopwords", "stopwords", "none", line=9)
    return Result(dictionary, outcome, message, **members)


def german(outcome: Outcome, message: str = "", **members: Any) -> Result:
    dictionary = Dictionary("search/de.txt", "german", "synonyms", ("search-de", "search-at"), line=12)
    return Result(dictionary, outcome, message, **members)


MANY = Diff(EntryCounts(12, 0, 0, 132), tuple(EntryChange("+", f"term-{n}, word-{n}") for n in range(12)))

REPORTS = {
    "updated": report(result()),
    "one-of-three-failed": report(
        result(diff=MANY),
        german(
            "failed",
            "User: arn:aws:sts::123456789012:assumed-role/deploy/run may not call es:UpdatePackage for @de.",
            reason="access-denied",
            remedy="Allow es:AssociatePackage on the domain search-at.",
            changed=True,
            commit=COMMIT,
            package=package(
                "german", details={"PackageID": "F7", "ErrorDetails": {"ErrorType": "None|such"}}
            ),
            domains=(DomainPackage("search-de", "ASSOCIATION_FAILED", "v4"),),
        ),
        stopwords(
            "updated",
            "Version v2 was made from this commit.",
            changed=True,
            package=package("stopwords", "v2"),
        ),
        environment="production",
    ),
    "adopted": report(
        result(
            adopted=True,
            previous_commit="",
            replaced=Version("v3", "by hand, ask @anna"),
            diff=Diff(EntryCounts(0, 0, 0, 120), available=False),
        )
    ),
    "superseded-and-unchanged": report(
        german(
            "superseded",
            "The branch has another search/de.txt at its tip; its own run deploys it.",
            remedy=REMEDIES["superseded"],
        ),
        stopwords("unchanged"),
        replace(result("unchanged", changed=False)),
        notes=("No pull request belongs to this commit.",),
    ),
    "failure": report(
        failure=Failure(
            "locked",
            "The run https://github.com/octo/shop/actions/runs/16 holds the lock.",
            "Run this job again when that one has ended.",
        )
    ),
    "plan": report(
        result(
            planned=True,
            message="A new version would be created from this file.",
            object="",
            package=package(version="v3"),
            domains=(
                DomainPackage("search-prod", "ACTIVE", "v3"),
                DomainPackage("search-blog", "ACTIVE", "v2"),
            ),
        ),
        german(
            "invalid",
            "search/de.txt:2: A term is empty: `a,,b`.",
            reason="invalid-dictionary",
            remedy="Fix the file. The live version stays live.",
            problems=(Problem("empty-term", "error", "search/de.txt", 2, "A term is empty: `a,,b`.", 3),),
        ),
        mode="plan",
    ),
}


@pytest.mark.parametrize("name", REPORTS)
def test_comment_equals_the_kept_one(name: str) -> None:
    assert (GOLDEN / f"{name}.md").read_text(encoding="utf-8") == render_comment(REPORTS[name], MARKER)


@pytest.mark.parametrize("name", REPORTS)
def test_summary_equals_the_comment(name: str) -> None:
    assert f"{MARKER}\n{render_summary(REPORTS[name])}" == render_comment(REPORTS[name], MARKER)


def test_every_template_is_loaded() -> None:
    assert sorted(path.name for path in Path(render.__file__).parent.glob("templates/*")) == load_templates()


def test_compiled_templates_render_the_same_comments(tmp_path: Path) -> None:
    """Render every kept comment with a copy of the package whose templates are emptied after compilation."""
    shutil.copytree(Path(render.__file__).parents[1], tmp_path / "dictionary_deploy")
    report = tmp_path / "dictionary_deploy" / "report"
    render.compile_templates(report / render.COMPILED_TEMPLATES.name)
    for template in report.glob("templates/*"):
        template.write_text("")
    program = (
        "from tests.unit.test_report_render import *\n"
        "for name in REPORTS: test_comment_equals_the_kept_one(name)\n"
        "print(render.__file__)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert f"{report / 'render.py'}\n" == done.stdout, done.stderr


def test_marker_is_a_hidden_line_that_no_value_can_end() -> None:
    assert re.fullmatch(r"<!-- dictionary-deploy v1 [0-9a-f]{32} -->", marker("--> @all", "\n<b>"))


def test_marker_belongs_to_one_configuration_and_environment() -> None:
    pairs = [("a", "b"), ("a", ""), ("", "a"), ("ab", ""), ("b", "a"), ('a", "b', "")]
    assert len({marker(*pair) for pair in pairs}) == len(pairs)


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (report(), False),
        (report(stopwords("unchanged"), stopwords("superseded"), stopwords("drifted")), False),
        (report(stopwords("updated")), True),
        (report(stopwords("held", changed=True)), True),
        (report(stopwords("updated", planned=True)), True),
        (report(stopwords("invalid")), True),
        (report(stopwords("drifted"), mode="check"), True),
        (report(failure=Failure("locked", "Locked.")), True),
    ],
)
def test_changes_and_failures_are_news(run: Report, *, expected: bool) -> None:
    assert has_news(run) is expected


def test_summary_with_nothing_to_do_is_one_line_with_the_reason() -> None:
    reason = "The push is to refs/heads/@all\nx. Deploys come from main."

    assert render_nothing(report(), reason) == (
        "Nothing to do. The push is to refs/heads/<span>&#64;</span>all x. Deploys come from main."
    )


def test_failed_dictionaries_come_first() -> None:
    comment = render_comment(report(result(), stopwords("drifted"), german("failed")), MARKER)
    assert re.findall(r"### (\S+)", comment) == ["❌", "⚠️", "✅"]


def test_every_member_of_the_api_is_shown() -> None:
    details = {"PackageID": "F1", "ErrorDetails": {"ErrorType": "A", "ErrorMessage": "b"}, "New": [{"x": 1}]}
    comment = render_comment(report(result(package=package(details=details))), MARKER)
    assert re.findall(r"^\| ([\w.]+) \| `(.*)` \|$", comment, re.MULTILINE) == [
        ("PackageID", "F1"),
        ("ErrorDetails.ErrorType", "A"),
        ("ErrorDetails.ErrorMessage", "b"),
        ("New", '[{"x": 1}]'),
    ]


def test_account_ids_and_arns_are_redacted() -> None:
    arn = "arn:aws:es:eu-west-1:123456789012:domain/search"
    one = result(
        "failed",
        reason="failed",
        message=arn,
        remedy=arn,
        object="s3://acme-123456789012/key",
        package=package(details={"PackageOwner": "123456789012", "Arns": [arn]}),
        domains=(DomainPackage("d", "ACTIVE", "v4", {"ErrorDetails": {"ErrorMessage": arn}}),),
    )
    run = report(one, notes=(arn,), failure=Failure("access-denied", arn, arn))
    both = render_comment(run, MARKER) + render_summary(run)
    assert ("123456789012" in both, both.count("`s3://acme-***/key`")) == (False, 2)


def test_entries_are_not_redacted() -> None:
    entry = EntryChange("+", "123456789012 => gtin")
    comment = render_comment(report(result(diff=Diff(EntryCounts(1, 0, 0, 1), (entry,)))), MARKER)
    assert "\n+ 123456789012 => gtin\n" in comment


def test_entry_stays_on_its_line_and_in_the_block() -> None:
    entry = EntryChange("+", "a\n```\n@all\x1b")
    comment = render_comment(report(result(diff=Diff(EntryCounts(1, 0, 0, 1), (entry,)))), MARKER)
    assert "````diff\n+ a\\n```\\n@all\\x1b\n````\n" in comment


def test_missing_repository_and_region_give_fewer_links() -> None:
    outside = report(
        result(problems=(Problem("r", "warning", "a.txt", 3, "Odd."),)), repository="", run_url="", region=""
    )
    addresses = re.findall(r"\]\((.*?)\)", render_comment(outside, MARKER))
    console = "https://s3.console.aws.amazon.com/s3/object/acme-search"
    assert addresses == [f"{console}?prefix=dictionaries/product-synonyms/{COMMIT}.txt"]


@pytest.mark.parametrize(
    ("region", "console"),
    [
        ("eu-west-1", "https://s3.console.aws.amazon.com/"),
        ("cn-north-1", "https://console.amazonaws.cn/"),
        ("us-gov-west-1", "https://console.amazonaws-us-gov.com/"),
    ],
)
def test_object_is_linked_to_the_console_of_its_partition(region: str, console: str) -> None:
    comment = render_comment(report(result(), region=region), MARKER)

    assert f"]({console}s3/object/acme-search?region={region}&prefix=dictionaries/" in comment


def test_object_without_s3_url_is_not_linked() -> None:
    assert "- Object: `elsewhere`\n" in render_comment(report(result(object="elsewhere")), MARKER)


def test_valid_dictionary_with_warnings_is_shown() -> None:
    problem = Problem("r", "warning", "a b.txt", 3, "Odd.")
    comment = render_comment(report(stopwords("unchanged", problems=(problem,)), mode="validate"), MARKER)
    address = f"https://github.com/octo/shop/blob/{COMMIT}/a%20b.txt?plain=1#L3"
    assert f"- warning, [line 3]({address}): Odd. (`r`)\n" in comment


def test_warnings_of_the_evidence_are_in_the_section() -> None:
    comment = render_comment(
        report(result(warnings=("v2 cannot be verified.", "A rule removes it."))), MARKER
    )
    assert "- ⚠️ v2 cannot be verified.\n- ⚠️ A rule removes it.\n" in comment


def test_failed_copy_has_a_section_in_check() -> None:
    broken = stopwords("unchanged", "It failed.", package=Package("F2", "stopwords", "COPY_FAILED", "v4"))

    assert "It failed." in render_summary(report(broken, mode="check"))
    assert "It failed." not in render_summary(report(broken))


def test_valid_dictionaries_take_one_line() -> None:
    comment = render_comment(report(stopwords("unchanged"), german("unchanged"), mode="validate"), MARKER)
    assert "\nValid: <code>search/stop&#124;words.txt</code>, `search/de.txt`.\n" in comment


def test_many_problems_are_folded() -> None:
    problems = tuple(Problem("r", "warning", "a.txt", n, "Odd.") for n in range(1, 12))
    comment = render_comment(report(result(problems=problems)), MARKER)
    assert "<details><summary>11 problems</summary>\n\n- warning, [line 1]" in comment


def test_long_value_is_clipped() -> None:
    comment = render_comment(report(failure=Failure("internal", "x" * 3_000)), MARKER)
    assert f"**Why:** {'x' * 2_000}… (`internal`)" in comment


LARGE = report(
    *(
        replace(
            result(diff=MANY, problems=(Problem("r", "warning", "a.txt", 1, "Odd."),) * 12),
            dictionary=Dictionary(f"search/{n}.txt", f"terms-{n}", "synonyms", "associated"),
        )
        for n in range(8)
    ),
    *(stopwords("unchanged") for _ in range(30)),
    notes=tuple(f"Note number {n}." for n in range(40)),
)


def test_entries_are_removed_first_with_a_pointer_to_the_summary() -> None:
    full = render_comment(LARGE, MARKER)
    comment = render_comment(LARGE, MARKER, len(full) - 1)
    shown = [len(re.findall(r"^\+ ", each, re.MULTILINE)) for each in (full, comment)]
    pointer = (
        "2 of 12 changed entries not shown (limit reached);"
        " see [the step summary](https://github.com/octo/shop/actions/runs/17)."
    )
    assert (shown, comment.count(pointer), comment.count("| PackageID |")) == ([96, 80], 8, 8)


def test_details_sections_rows_and_notes_are_removed_in_order() -> None:
    counts = []
    for limit in (65_536, 21_300, 19_500, 16_000, 12_000, 3_500, 2_200, 1_000):
        comment = render_comment(LARGE, MARKER, limit)
        parts = (r"^\+ ", r"^\| PackageID", r"^<details><summary>✅", r"^\| ✅ \| `search", "^Note: ")
        counts.append([len(re.findall(part, comment, re.MULTILINE)) for part in parts])
    assert counts == [
        [96, 8, 8, 8, 40],
        [32, 8, 8, 8, 40],
        [16, 8, 8, 8, 40],
        [0, 3, 8, 8, 40],
        [0, 0, 5, 8, 40],
        [0, 0, 0, 4, 40],
        [0, 0, 0, 0, 20],
        [0, 0, 0, 0, 1],
    ]


def test_one_table_has_a_row_for_each_dictionary() -> None:
    rows = [
        re.findall(r"^\| (\S+) \| [`<]\S+ \| (\S+)", render_comment(report(*results), MARKER), re.MULTILINE)
        for results in ((result(),), (result(), german("failed"), stopwords("unchanged")))
    ]
    assert [[("✅", "updated")], [("❌", "failed"), ("✅", "updated")]] == rows


def test_columns_without_a_value_are_omitted() -> None:
    invalid = german("invalid", "It is empty.", reason="invalid-dictionary", remedy="Fill it.")
    comment = render_comment(report(invalid, mode="validate"), MARKER)

    assert "| | Dictionary | Outcome | To do |\n|---|---|---|---|\n" in comment
    assert "| ❌ | `search/de.txt` | invalid (`invalid-dictionary`) | Fill it. |\n" in comment


def test_entries_come_first_in_a_plan_and_after_the_failure_otherwise() -> None:
    warning = Problem("r", "warning", "a.txt", 3, "Odd.")
    planned = render_comment(report(result(planned=True, problems=(warning,)), mode="plan"), MARKER)
    failed = render_comment(report(result("failed", message="It failed.", reason="copy-failed")), MARKER)

    assert re.search(r"^### .+\n\n```diff\n(?s:.*)warning, ", planned, re.MULTILINE)
    assert re.search(r"^### .+\n\n\*\*Why:\*\* It failed\. .+\n\n```diff\n", failed, re.MULTILINE)


def test_few_entries_of_many_planned_dictionaries_are_not_folded() -> None:
    def folded(count: int, **members: Any) -> int:
        changes = tuple(EntryChange("+", f"term-{n}") for n in range(count))
        one = result(diff=Diff(EntryCounts(count, 0, 0, count), changes), **members)
        return render_comment(report(one, one, one, one), MARKER).count("<details><summary>")

    details = 4
    assert [details, 2 * details] == [folded(6, planned=True), folded(7, planned=True)]
    assert 2 * details == folded(1)


@pytest.mark.parametrize(("count", "expected"), [(25, 0), (26, 1)])
def test_many_changed_entries_are_folded(count: int, expected: int) -> None:
    diff = Diff(EntryCounts(count, 0, 0, count), (EntryChange("+", "a, b"),) * count)
    comment = render_comment(report(result(diff=diff)), MARKER)

    assert expected == comment.count(f"<details><summary>{count} changed entries")


@pytest.mark.parametrize(
    ("one", "is_open"),
    [(result(), False), (result(domains=()), False), (result("failed"), True), (result("held"), True)],
)
def test_details_are_open_if_something_is_wrong(one: Result, *, is_open: bool) -> None:
    assert is_open == ("<details open><summary>Versions" in render_comment(report(one), MARKER))


def test_sections_are_folded_from_the_fourth_dictionary() -> None:
    comment = render_comment(report(*(result() for _ in range(3)), german("failed")), MARKER)
    assert ["❌"] == re.findall(r"^### (\S+)", comment, re.MULTILINE)
    assert 3 == len(re.findall(r"^<details><summary>✅ search/synonyms", comment, re.MULTILINE))


@pytest.mark.parametrize("limit", [65_536, 30_000, 8_000, 3_000, 1_000, 300, 250])
def test_comment_keeps_its_limit_and_begins_with_the_marker(limit: int) -> None:
    comment = render_comment(LARGE, MARKER, limit)
    assert (len(comment) <= limit, comment.startswith(f"{MARKER}\n## ")) == (True, True)


@pytest.mark.parametrize("limit", range(300, 21_000, 1_100))
def test_remaining_parts_are_whole(limit: int) -> None:
    comment = render_comment(LARGE, MARKER, limit)
    assert (comment.count("```") % 2, comment.count("<details>")) == (0, comment.count("</details>"))


def test_tiny_limit_leaves_the_heading() -> None:
    assert render_comment(LARGE, MARKER, 10) == (
        f"{MARKER}\n## 8 of 38 dictionaries deployed, 30 unchanged\n\n"
        "Details not shown (limit reached); see [the step summary](https://github.com/octo/shop/actions/runs/17).\n"
    )


def test_summary_keeps_its_limit_in_bytes() -> None:
    diff = Diff(EntryCounts(90, 0, 0, 90), tuple(EntryChange("+", "茶" * 50) for _ in range(90)))
    summary = render_summary(report(result(diff=diff)), 9_000)
    assert 8_500 < len(summary.encode()) <= 9_000


outside = st.text("`|<>@#$:.-_*[]()!~\\&+=/\n\t 01aef\x1b")


@settings(max_examples=50)
@given(outside, outside)
def test_external_text_adds_no_mention_html_or_line(value: str, other: str) -> None:
    def rendered(one: str, two: str) -> str:
        problem = Problem(one or "r", "error", two, 1, one)
        member = {"A": one or "a", "ErrorDetails": {"ErrorType": two or "t"}}
        return render_comment(
            report(
                replace(
                    result(
                        "failed",
                        message=one,
                        reason="failed",
                        remedy=two or "r",
                        object=f"s3://b/{two or 'k'}",
                        package=package(one or "n", two or "v", details=member),
                        domains=(DomainPackage(one or "d", two, one, member),),
                        problems=(problem,),
                        replaced=Version(one, two),
                    ),
                    dictionary=Dictionary(one or "f", two or "p", "synonyms", "none"),
                ),
                notes=(one, two),
            ),
            MARKER,
        )

    plain, comment = rendered("x", "y"), rendered(value, other)
    prose = re.sub("`[^`\n]+`", "", comment)
    tags = re.findall(r"<(?!/?span>|/?code>)[^>]*>", prose)
    assert (comment.count("\n"), tags) == (plain.count("\n"), re.findall(r"<(?!/?span>)[^>]*>", plain))
    assert re.findall(r"[@\x1b]", prose) == []


def test_every_fault_of_the_configuration_is_listed() -> None:
    faults = tuple(Fault("c.yml", line, f"Mistake {line}.", "Fix it.") for line in range(1, 31))
    failure = Failure("invalid-config", "The configuration has 30 faults.", "", faults)

    summary = render_summary(Report("deploy", (), "c.yml", failure=failure))

    assert 30 == summary.count("Fix it")
    assert "line 30: Mistake 30" in summary


def test_faults_over_the_limit_are_counted() -> None:
    faults = tuple(Fault("c.yml", line, "Mistake.", "Fix it.") for line in range(1, 2001))
    failure = Failure("invalid-config", "The configuration has 2000 faults.", "", faults)

    comment = render_comment(Report("deploy", (), "c.yml", failure=failure), MARKER)

    assert len(comment) <= 65_536
    assert "of 2000 faults" in comment
