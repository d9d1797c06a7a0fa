"""Outputs, exit status and annotations follow from the report."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from dictionary_deploy.errors import Fault
from dictionary_deploy.model import (
    Dictionary,
    Diff,
    DomainPackage,
    EntryChange,
    EntryCounts,
    Failure,
    IndexUse,
    Outcome,
    Package,
    Problem,
    Report,
    Result,
)
from dictionary_deploy.report.annotations import Annotation, annotations_of
from dictionary_deploy.report.outputs import exit_status, json_values, outputs, overall_result

DICTIONARY = Dictionary("search/synonyms.txt", "product-synonyms", "synonyms", "associated", line=7)
FAILURE = Failure("locked", "Another run holds the lock.", "Run it again.")
PROBLEM = Problem("duplicate-entry", "error", "search/synonyms.txt", 3, "The entry is there twice.", 5)


def result(outcome: Outcome = "updated", **members: Any) -> Result:
    return Result(DICTIONARY, outcome, "It is so.", **members)


def report(*results: Result, **members: Any) -> Report:
    return replace(Report("deploy", results, ".github/dictionaries.yml"), **members)


@pytest.mark.parametrize(
    ("results", "overall"),
    [
        ((), "nothing"),
        ((result("unchanged"),), "unchanged"),
        ((result("unchanged"), result("updated")), "updated"),
        ((result("created"),), "updated"),
        ((result("applied"), result("unchanged")), "updated"),
        ((result("unchanged", planned=True),), "unchanged"),
        ((result("unchanged", planned=True), result("updated", planned=True)), "planned"),
        ((result("updated"), result("superseded")), "superseded"),
        ((result("superseded"), result("held"), result("updated")), "held"),
        ((result("held"), result("drifted")), "drifted"),
        ((result("superseded"), result("drifted")), "drifted"),
        ((result("skipped"), result("unchanged")), "unchanged"),
        ((result("skipped"), result("updated")), "updated"),
        ((result("skipped"),), "skipped"),
        ((result("drifted"), result("invalid")), "failed"),
        ((result("failed"),), "failed"),
    ],
)
def test_overall_result_is_the_worst_of_any_dictionary(results: tuple[Result, ...], overall: str) -> None:
    assert overall_result(report(*results)) == overall


def test_overall_result_of_a_failed_run_is_failed() -> None:
    assert overall_result(report(result("updated"), failure=FAILURE)) == "failed"


def test_undeployed_change_is_drift_in_check() -> None:
    assert overall_result(report(result("updated", planned=True), mode="check")) == "drifted"


def test_failed_copy_is_a_finding_in_check() -> None:
    package = Package("F1", "synonyms", "COPY_FAILED", "v1")

    found = report(result("unchanged", package=package), mode="check")

    assert (1, "drifted") == (exit_status(found), overall_result(found))


@pytest.mark.parametrize("outcome", ["unchanged", "updated"])
def test_package_on_no_domain_fails_a_check_and_warns_otherwise(outcome: Outcome) -> None:
    lost = result(outcome, package=Package("F1", "synonyms", "AVAILABLE", "v1"), domains=())

    checked = report(lost, mode="check")
    assert (1, "drifted") == (exit_status(checked), overall_result(checked))
    assert "error" == annotations_of(checked)[0].level
    for mode in ("deploy", "plan"):
        shown = report(replace(lost, planned=mode == "plan"), mode=mode)
        [warning] = annotations_of(shown)
        assert 0 == exit_status(shown)
        assert ("warning", ".github/dictionaries.yml", 7) == (warning.level, warning.file, warning.line)
        assert warning.message.endswith(
            "available, but no domain is associated with the package. List domains under `domains`; the next"
            " deploy associates them."
        )


def test_planned_package_on_no_domain_is_a_warning() -> None:
    [warning] = annotations_of(report(result("created", planned=True), mode="plan"))

    assert ("warning", "List domains under `domains`; the next deploy associates them.") == (
        warning.level,
        warning.message,
    )


@pytest.mark.parametrize(
    ("outcome", "planned", "deploying", "checking"),
    [
        ("updated", False, 0, 0),
        ("updated", True, 0, 1),
        ("created", True, 0, 1),
        ("applied", True, 0, 1),
        ("unchanged", True, 0, 0),
        ("superseded", True, 0, 1),
        ("held", False, 0, 1),
        ("drifted", False, 0, 1),
        ("invalid", False, 1, 1),
        ("failed", False, 1, 1),
    ],
)
def test_exit_status_is_1_on_failures_and_findings_of_check(
    outcome: Outcome, *, planned: bool, deploying: int, checking: int
) -> None:
    one = result(outcome, planned=planned)
    assert (exit_status(report(one)), exit_status(report(one, mode="check"))) == (deploying, checking)


def test_exit_status_of_a_failed_run_is_1() -> None:
    assert exit_status(report(failure=FAILURE)) == 1


def test_outputs_have_the_names_of_the_action() -> None:
    assert outputs(report(), "https://github.com/o/r/pull/7#issuecomment-1") == {
        "result": "nothing",
        "changed": False,
        "dictionaries": [],
        "summary": [],
        "comment-url": "https://github.com/o/r/pull/7#issuecomment-1",
        "failure-reason": "",
    }


def test_changed_is_true_if_any_dictionary_changed() -> None:
    assert outputs(report(result("unchanged"), result(changed=True)))["changed"] is True


def test_dictionary_output_has_what_aws_returned() -> None:
    at = "2026-07-10T12:00:00.000Z"
    one = result(
        "updated",
        planned=True,
        adopted=True,
        commit="c" * 40,
        previous_commit="b" * 40,
        object="s3://bucket/key",
        sha256="d" * 64,
        package=Package("F1", "product-synonyms", "AVAILABLE", "v4", {"PackageID": "F1", "CreatedAt": at}),
        domains=(DomainPackage("search", "ACTIVE", "v4", {"DomainName": "search", "LastUpdated": at}),),
        diff=Diff(EntryCounts(1, 2, 3, 40), (EntryChange("+", "tea, chai"),)),
        indices=(IndexUse("search", "shop", state="in effect"),),
        effects=("tea now also finds chai (shop)",),
        problems=(PROBLEM,),
        reason="timed-out",
    )
    assert outputs(report(one))["dictionaries"] == [
        {
            "file": "search/synonyms.txt",
            "package": "product-synonyms",
            "outcome": "would-update",
            "adopted": True,
            "commit": "c" * 40,
            "previous_commit": "b" * 40,
            "object": "s3://bucket/key",
            "sha256": "d" * 64,
            "package_details": {"PackageID": "F1", "CreatedAt": "2026-07-10T12:00:00.000Z"},
            "domains": [{"DomainName": "search", "LastUpdated": "2026-07-10T12:00:00.000Z"}],
            "indices": [
                {"domain": "search", "index": "shop", "state": "in effect", "refusal": ""},
            ],
            "effects": ["tea now also finds chai (shop)"],
            "entries": {
                "added": 1,
                "removed": 2,
                "changed": 3,
                "total": 40,
                "changes": [{"sign": "+", "text": "tea, chai"}],
            },
            "problems": [
                {
                    "rule": "duplicate-entry",
                    "severity": "error",
                    "file": "search/synonyms.txt",
                    "line": 3,
                    "message": "The entry is there twice.",
                    "column": 5,
                }
            ],
            "reason": "timed-out",
            "message": "It is so.",
        }
    ]


def test_missing_package_and_diff_are_null() -> None:
    (shown,) = outputs(report(result("failed")))["dictionaries"]
    assert (shown["package_details"], shown["domains"], shown["entries"]) == (None, [], None)


def test_output_has_at_most_fifty_problems_of_a_dictionary() -> None:
    (shown,) = outputs(report(result("invalid", problems=(PROBLEM,) * 51)))["dictionaries"]
    assert len(shown["problems"]) == 50


def test_output_has_the_first_changed_entries_each_clipped() -> None:
    diff = Diff(EntryCounts(21, 0, 0, 21), (EntryChange("+", "x" * 201),) * 21)
    (shown,) = outputs(report(result(diff=diff)))["dictionaries"]

    assert [{"sign": "+", "text": f"{'x' * 200}…"}] * 20 == shown["entries"]["changes"]


def test_summary_has_version_outcome_and_message() -> None:
    deployed = result(package=Package("F1", "product-synonyms", "AVAILABLE", "v4"))
    failed = replace(result("failed"), message="x" * 501)

    expected = {"file": "search/synonyms.txt", "package": "product-synonyms"}
    assert outputs(report(deployed, failed))["summary"] == [
        expected | {"version": "v4", "outcome": "updated", "message": "It is so."},
        expected | {"version": "", "outcome": "failed", "message": f"{'x' * 500}…"},
    ]


@pytest.mark.parametrize(("count", "characters"), [(25, 500), (60, 200), (150, 80)])
def test_messages_of_many_results_are_shortened(count: int, characters: int) -> None:
    one = replace(result(), message="é" * 10_000)

    summary = outputs(report(*[one] * count))["summary"]

    assert len(json.dumps(summary)) < 128 * 1024
    assert ["é" * characters + "…"] * count == [each["message"] for each in summary]


def test_summary_of_too_many_results_has_the_failed_ones_first() -> None:
    """Linux rejects an environment variable of 128 KiB."""
    one = replace(result("unchanged"), message="é" * 10_000)
    failed = replace(one, outcome="failed")

    summary = outputs(report(*[one] * 2_000, failed))["summary"]

    outcomes = [each["outcome"] for each in summary]
    assert 100_000 < len(json.dumps(summary)) < 128 * 1024
    assert ["failed", "unchanged", ""] == list(dict.fromkeys(outcomes))
    others = f"{2_001 - len(summary) + 1} more dictionaries are in the output `dictionaries`."
    assert {**dict.fromkeys(summary[0], ""), "message": others} == summary[-1]


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        (report(result("updated")), ""),
        (report(result("drifted", reason="drifted")), ""),
        (
            report(result("invalid", reason="invalid-dictionary"), result("failed", reason="locked")),
            "invalid-dictionary",
        ),
        (report(result("failed", reason="timed-out"), failure=FAILURE), "locked"),
        (report(result("updated", planned=True), mode="check"), "drifted"),
    ],
)
def test_failure_reason_is_the_runs_or_the_first_dictionarys(run: Report, reason: str) -> None:
    assert outputs(run)["failure-reason"] == reason


def test_problem_is_annotated_once_at_its_line() -> None:
    assert annotations_of(report(result("invalid", problems=(PROBLEM,)))) == (
        Annotation("error", "The entry is there twice.", "duplicate-entry", "search/synonyms.txt", 3, 5),
    )


def test_failure_is_annotated_at_its_line_of_the_configuration() -> None:
    failed = result("failed", reason="access-denied", remedy="Allow it.")
    assert annotations_of(report(failed)) == (
        Annotation(
            "error",
            "It is so. Allow it.",
            "product-synonyms: access-denied",
            ".github/dictionaries.yml",
            7,
            1,
        ),
    )


@pytest.mark.parametrize("outcome", ["drifted", "held"])
def test_drift_and_holds_are_warnings_in_deploy_and_errors_in_check(outcome: Outcome) -> None:
    found = report(result(outcome))
    levels = [annotations_of(each)[0].level for each in (found, replace(found, mode="check"))]
    assert levels == ["warning", "error"]


def test_warnings_of_the_evidence_are_annotated_at_the_dictionary() -> None:
    [annotation] = annotations_of(report(result(warnings=("v2 cannot be verified.",))))
    assert annotation == Annotation(
        "warning", "v2 cannot be verified.", "product-synonyms: updated", ".github/dictionaries.yml", 7, 1
    )


def test_failure_of_the_run_is_annotated_without_a_place() -> None:
    assert annotations_of(report(failure=FAILURE)) == (
        Annotation("error", "Another run holds the lock. Run it again.", "locked"),
    )


def test_faults_are_annotated_instead_of_the_failure() -> None:
    faults = (Fault("c.yml", 2, "Unknown key.", "Remove it.", 3), Fault("c.yml", 9, "Missing key."))
    assert annotations_of(report(failure=replace(FAILURE, faults=faults))) == (
        Annotation("error", "Unknown key. Remove it.", "invalid-config", "c.yml", 2, 3),
        Annotation("error", "Missing key.", "invalid-config", "c.yml", 9, 1),
    )


def test_errors_come_before_warnings() -> None:
    warned = result("updated", problems=(replace(PROBLEM, severity="warning"),))
    found = annotations_of(report(warned, result("failed")))
    assert [each.level for each in found] == ["error", "warning"]


def test_first_problem_of_each_rule_comes_before_any_second() -> None:
    worst, worst_again = PROBLEM, replace(PROBLEM, line=5)
    other = replace(PROBLEM, rule="other-rule", line=2)

    found = annotations_of(report(result("invalid", problems=(worst, worst_again, other))))

    assert [3, 2, 5] == [each.line for each in found]


def test_all_annotations_are_returned_without_a_limit() -> None:
    assert 12 == len(annotations_of(report(result("invalid", problems=(PROBLEM,) * 12)), None))


def test_ten_annotations_of_a_level_are_returned() -> None:
    found = annotations_of(report(result("invalid", problems=(PROBLEM,) * 10)))
    assert [each.line for each in found] == [3] * 10


def test_last_of_ten_annotations_counts_the_others() -> None:
    warnings = (replace(PROBLEM, severity="warning"),) * 12
    found = annotations_of(report(result("invalid", problems=(PROBLEM,) * 11 + warnings)))
    assert (len(found), found[9], found[19]) == (
        20,
        Annotation("error", "2 more errors are in the step summary.", "2 more errors"),
        Annotation("warning", "3 more warnings are in the step summary.", "3 more warnings"),
    )


def test_json_has_the_message_of_a_failed_run() -> None:
    failed = replace(report(), failure=Failure("locked", "It is locked.", "Run it again."))

    assert "It is locked. Run it again." == json_values(failed)["message"]
    assert "" == json_values(report())["message"]
