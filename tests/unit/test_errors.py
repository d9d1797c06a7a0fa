from __future__ import annotations

import pytest

from dictionary_deploy.errors import (
    AwsError,
    ConfigError,
    ContentError,
    DeployError,
    Explanation,
    Fault,
    GithubError,
    LockError,
    LostLockError,
    SearchError,
    UnclearError,
    is_throttled,
    plain_text,
    unexpected_error,
)

FAULT = Fault("dictionaries.yml", 3, "There is no key buckett.", "Did you mean bucket?")


def test_error_has_the_problem_and_the_fix() -> None:
    error = DeployError("locked", "Another run holds the lock.", "Rerun.")

    assert "Another run holds the lock. Rerun." == str(error)
    assert ("locked", "Rerun.") == (error.reason, error.remedy)


def test_error_without_a_remedy_ends_with_its_message() -> None:
    assert "Another run holds the lock." == str(LockError("locked", "Another run holds the lock."))


def test_backticks_of_text_from_outside_are_no_code() -> None:
    assert "Set 'role' or 'a." == plain_text("Set `role` or `a.")


def test_fault_begins_with_its_location() -> None:
    assert "dictionaries.yml:3: There is no key buckett. Did you mean bucket?" == str(FAULT)


def test_single_configuration_error_is_reported_in_full() -> None:
    error = ConfigError((FAULT,))

    assert f"The configuration has 1 fault: {FAULT}" == str(error)
    assert ("invalid-config", (FAULT,)) == (error.reason, error.faults)


def test_config_error_has_a_limited_number_of_faults() -> None:
    same = tuple(Fault("dictionaries.yml", line, "No.") for line in range(49_999))
    error = ConfigError((*same, Fault("dictionaries.yml", 50_000, "Never.")))

    assert (100, "Never.") == (len(error.faults), error.faults[-1].message)
    assert "The configuration has 50000 faults: " in error.message
    assert error.remedy.endswith("Only 100 are shown.")


def test_more_faults_are_counted_and_pointed_at() -> None:
    error = ConfigError((FAULT, Fault("dictionaries.yml", 9, "No file.")))

    assert f"The configuration has 2 faults: {FAULT}" == error.message
    assert "Fix all faults: each has an annotation at its line." == error.remedy


def test_content_error_has_its_line() -> None:
    error = ContentError("It is no text.", "Save it as UTF-8.", line=7)

    assert ("invalid-dictionary", 7) == (error.reason, error.line)


def test_aws_error_keeps_the_code_of_aws() -> None:
    assert "ConflictException" == AwsError("update-failed", "No.", code="ConflictException").code


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (AwsError("internal", "Too often.", code="Throttling"), True),
        (UnclearError("internal", "Too often.", code="Throttling"), True),
        (AwsError("access-denied", "No.", code="AccessDeniedException"), False),
        (AwsError("internal", "No."), False),
        (GithubError("Throttling", status=429), False),
    ],
)
def test_only_aws_errors_with_a_throttling_code_are_throttling(error: DeployError, *, expected: bool) -> None:
    assert expected == is_throttled(error)


def test_unclear_response_is_an_aws_error() -> None:
    with pytest.raises(AwsError):
        raise UnclearError("update-failed", "No answer.")


def test_github_error_has_the_status_or_none_without_a_response() -> None:
    assert ("github-failed", 403) == (
        GithubError("No.", status=403).reason,
        GithubError("No.", status=403).status,
    )
    assert 0 == GithubError("No answer.").status


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyError("x\n y"), "KeyError: 'x\\n y'"),
        (ValueError(" two \n lines"), "ValueError: two lines"),
        (OSError(), "OSError"),
    ],
)
def test_unexpected_error_is_reported_as_a_bug_in_one_line(error: Exception, said: str) -> None:
    told = unexpected_error(error)

    assert ("internal", f"Unexpected error: {said}.") == (told.reason, told.message)
    assert "To report the error" in told.remedy


def test_at_a_terminal_the_remedy_may_be_another_one() -> None:
    error = ContentError("A pointer.", "Fix the workflow.", at_terminal="Fetch it.")

    assert error.explain(in_workflow=True).remedy == "Fix the workflow."
    assert error.explain(in_workflow=False).remedy == "Fetch it."
    assert ContentError("Empty.", "Fill it.").explain(in_workflow=False).remedy == "Fill it."


def test_explanation_of_an_error_is_equal() -> None:
    error = LockError("locked", "Another run holds the lock.", "Rerun.")

    assert Explanation("locked", "Another run holds the lock.", "Rerun.") == Explanation.of(error)
    assert str(error) == str(Explanation.of(error))


def test_lost_lock_is_a_failed_lock_with_a_remedy() -> None:
    lost = LostLockError()

    assert isinstance(lost, LockError)
    assert ("locked", "Rerun: the new run picks up where this one left off.") == (lost.reason, lost.remedy)


def test_error_of_a_domains_endpoint_has_its_status() -> None:
    error = SearchError("search-prod responded to /_settings with 403.", "Allow it.", status=403)

    assert ("access-denied", 403) == (error.reason, error.status)
    assert 0 == SearchError("search-prod was not reached.").status
