"""The log has the full report in plain lines."""

from __future__ import annotations

from dictionary_deploy.errors import Fault
from dictionary_deploy.model import (
    Dictionary,
    Diff,
    DomainPackage,
    EntryChange,
    EntryCounts,
    Failure,
    Package,
    Report,
    Result,
    Version,
)
from dictionary_deploy.report.actions import reload_notes_for
from dictionary_deploy.report.log import ChangedEntry, log_lines


def test_log_has_result_and_live_versions_of_each_dictionary() -> None:
    updated = Result(
        Dictionary("a.txt", "a-terms", "synonyms", "associated"),
        "updated",
        "v4 was made from this commit.",
        adopted=True,
        replaced=Version("v3", "by hand"),
        package=Package("F1", "a-terms", "AVAILABLE", "v4"),
        domains=(DomainPackage("search", "ACTIVE", "v4"),),
        engines={"search": "OpenSearch_2.11"},
        diff=Diff(EntryCounts(1, 0, 0, 9)),
        warnings=("The content of v2 cannot be verified.",),
    )
    failed = Result(
        Dictionary("b.txt", "b-terms", "synonyms", "associated"),
        "failed",
        "arn:aws:iam::123456789012:role/deploy may not update.",
        remedy="Allow it.",
    )
    report = Report("deploy", (updated, failed), "c.yml", notes=("The checkout has no .git.",))
    [note] = reload_notes_for(updated)
    assert log_lines(report) == (
        "1 of 2 dictionaries deployed, 1 failed",
        "a.txt -> a-terms: updated. v4 was made from this commit.",
        "    v4 is active on search.",
        "    Entries: 9 (+1).",
        '    Adopted: this version replaced v3, with the message "by hand".',
        "    To do: Nothing, if only search analyzers with `updateable: true` use it.",
        f"    {note}",
        "    The content of v2 cannot be verified.",
        "b.txt -> b-terms: failed. arn:aws:iam::123456789012:role/deploy may not update. Allow it.",
        "The checkout has no .git.",
    )


def test_log_has_the_failure_of_a_run_without_results() -> None:
    report = Report("plan", (), "c.yml", failure=Failure("locked", "It is locked.", "Run it again."))
    assert log_lines(report) == ("The plan failed", "It is locked. Run it again.")


def test_log_leaves_the_faults_of_the_configuration_to_the_annotations() -> None:
    failure = Failure("invalid-config", "The configuration has 1 fault: …", "", (Fault("c.yml", 1, "Odd."),))

    assert log_lines(Report("plan", (), "c.yml", failure=failure)) == (
        "The plan failed",
        "The configuration has 1 fault.",
    )


def test_log_has_a_remedy_once() -> None:
    held = Result(
        Dictionary("a.txt", "a-terms", "synonyms", "associated"),
        "held",
        "It was rolled back.",
        remedy="Change it.",
    )

    assert log_lines(Report("deploy", (held,), "c.yml"))[1:] == (
        "a.txt -> a-terms: held. It was rolled back. Change it.",
    )


def test_log_has_the_first_changed_entries_and_the_number_of_others() -> None:
    changes = (EntryChange("-", "tv"), EntryChange("+", "flask, thermos", 2), EntryChange("+", "x" * 300))
    result = Result(
        Dictionary("a.txt", "a-terms", "synonyms", "associated"),
        "updated",
        "",
        planned=True,
        diff=Diff(EntryCounts(3, 1, 0, 9), changes),
    )
    lines = log_lines(Report("plan", (result,), "c.yml"), limit=2)

    shown = [(line.sign, str(line)) for line in lines if isinstance(line, ChangedEntry)]
    assert [("-", "      - tv"), ("+", "      + flask, thermos")] == shown
    assert "      and 1 more changed entry" in lines
    assert f"      + {'x' * 200}…" in log_lines(Report("plan", (result,), "c.yml"))
    assert not any(
        isinstance(line, ChangedEntry) for line in log_lines(Report("plan", (result,), "c.yml"), limit=0)
    )
