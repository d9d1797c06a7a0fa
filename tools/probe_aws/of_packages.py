"""The questions about packages: each uses a stage and one package, and records AWS's behavior."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from botocore.exceptions import ClientError

from tools.probe_aws.answers import Answers
from tools.probe_aws.stage import Stage, code_of, message_of

UNKNOWN = "F999999999"
LATE = 60.0
"""Seconds after which a history entry counts as missing."""
MISSING = "not-there.txt"


def ask_of_packages(stage: Stage, answers: Answers, package_id: str, arn: str) -> None:
    """Ask all questions, in an order in which no answer depends on another."""
    details, seen = stage.settle(package_id)
    answers.facts.append(f"CreatePackage showed: {', '.join(seen)}; available then is {available(details)}.")
    ask_about_a_copy(stage, answers, package_id)
    ask_about_a_second_update(stage, answers, package_id)
    ask_about_the_order(stage, answers, package_id)
    ask_about_the_same_content(stage, answers, package_id)
    ask_about_a_copy_that_fails(stage, answers, package_id)
    ask_about_an_unknown_package(stage, answers)
    ask_about_lists(stage, answers, package_id)
    ask_about_a_key_of_kms(stage, answers, package_id)
    ask_about_the_right_to_read(stage, answers, package_id, arn)


def available(details: dict[str, Any]) -> str:
    return str(details.get("AvailablePackageVersion") or "nothing")


def ask_about_a_copy(stage: Stage, answers: Answers, package_id: str) -> None:
    """Watch one copy from the call to the history entry."""
    before = available(stage.details(package_id))
    key, began = stage.put("watched.txt", "watched, seen\n"), stage.now()
    answer = stage.update(package_id, key, "watched")
    answers.facts.append(
        f"UpdatePackage answers {answer.get('PackageStatus')}, {available(answer)}; before it was {before}."
    )
    statuses, shown, listed_at, done_at = [], [], None, None
    for waited in stage.looks():
        if listed_at is None and "watched" in stage.messages(package_id):
            listed_at = waited
        details = stage.details(package_id)
        status = str(details.get("PackageStatus"))
        statuses.append(status)
        if status in {"COPYING", "VALIDATING"}:
            shown.append(available(details))
        elif done_at is None:
            done_at = stage.now() - began
        if done_at is not None and (listed_at is not None or waited > done_at + LATE):
            break
    _note_statuses(answers, statuses, shown, before, done_at or 0.0)
    _note_history(answers, listed_at, done_at or 0.0)


def _note_statuses(answers: Answers, statuses: list[str], shown: list[str], before: str, took: float) -> None:
    copying = round(took / 2 if "VALIDATING" in statuses else took, 1)
    answers.settle("copy_seconds", copying, f"From the call to {statuses[-1]} it took {took:.1f} s.")
    if "COPYING" not in statuses:
        why = "The copy was over before it could be looked at."
        for switch in ("validating", "version_while_copying"):
            answers.leave(switch, why)
        return
    answers.settle("validating", "VALIDATING" in statuses, f"It was {', '.join(dict.fromkeys(statuses))}.")
    value = "old" if set(shown) == {before} else "new"
    seen = f"Before it was {before}, then {', '.join(dict.fromkeys(shown))}."
    answers.settle("version_while_copying", value, seen)


def _note_history(answers: Answers, listed_at: float | None, done_at: float) -> None:
    if listed_at is None:
        for switch in ("history_entry", "history_seconds"):
            answers.leave(switch, f"No entry showed within {LATE:.0f} s.")
        return
    at_call = listed_at < done_at
    late = listed_at if at_call else listed_at - done_at
    seen = (
        f"The entry showed {listed_at:.1f} s after the call, the version was available after {done_at:.1f} s."
    )
    answers.settle("history_entry", "call" if at_call else "copied", seen)
    answers.settle("history_seconds", round(max(0.0, late), 1), seen)


def ask_about_a_second_update(stage: Stage, answers: Answers, package_id: str) -> None:
    keys = [stage.put(f"{each}.txt", f"{each}, of two\n") for each in ("first", "second")]
    stage.update(package_id, keys[0], "first")
    status = stage.details(package_id).get("PackageStatus")
    try:
        stage.update(package_id, keys[1], "second")
    except ClientError as error:
        answers.settle("update_while_copying", "refuse", message_of(error))
    else:
        if status == "COPYING":
            answers.settle("update_while_copying", "queue", "AWS took it.")
        else:
            answers.leave("update_while_copying", f"The package was {status} already.")
    stage.settle(package_id)
    for _ in stage.looks(LATE):
        if (
            "first" in stage.messages(package_id)
            and stage.details(package_id)["PackageStatus"] == "AVAILABLE"
        ):
            break
    came = [each for each in ("first", "second") if each in stage.messages(package_id)]
    answers.facts.append(f"Of two updates at once the history has: {', '.join(came) or 'none'}.")


def ask_about_the_order(stage: Stage, answers: Answers, package_id: str) -> None:
    names = [str(each["PackageVersion"]) for each in stage.history(package_id)]
    numbers = [int(name.lstrip("v")) for name in names if name.lstrip("v").isdecimal()]
    rises = {one < other for one, other in pairwise(numbers)}
    if len(rises) == 1:
        answers.settle(
            "history_order", "oldest" if rises == {True} else "newest", f"It is {', '.join(names)}."
        )
    else:
        answers.leave("history_order", f"It is {', '.join(names)}.")


def ask_about_the_same_content(stage: Stage, answers: Answers, package_id: str) -> None:
    key = stage.put("same.txt", "same, alike\n")
    stage.update(package_id, key, "same")
    before = available(stage.settle(package_id)[0])
    stage.update(package_id, key, "same again")
    details, _ = stage.settle(package_id)
    after = available(details)
    value = "same-version" if before == after else "new-version"
    answers.settle("identical_content", value, f"Available was {before} and is {after}.")


def ask_about_a_copy_that_fails(stage: Stage, answers: Answers, package_id: str) -> None:
    switch = "failed_copy_in_history"
    try:
        stage.update(package_id, MISSING, "failing")
    except ClientError as error:
        answers.leave(switch, f"A missing object is refused at the call: {message_of(error)}.")
        return
    details, _ = stage.settle(package_id)
    if details["PackageStatus"] != "COPY_FAILED":
        answers.leave(switch, f"The copy of a missing object ended {details['PackageStatus']}.")
        return
    answers.facts.append(
        f"A failed copy has ErrorDetails {details.get('ErrorDetails')}; available stays {available(details)}."
    )
    is_there = any("failing" in stage.messages(package_id) for _ in stage.looks(LATE))
    answers.settle(switch, is_there)
    _recover(stage, package_id)


def ask_about_an_unknown_package(stage: Stage, answers: Answers) -> None:
    wanted = [{"Name": "PackageID", "Value": [UNKNOWN]}]
    try:
        found = stage.packages_api.describe_packages(Filters=wanted)["PackageDetailsList"]
    except ClientError as error:
        code = code_of(error)
        value = {"ValidationException": "validation", "ResourceNotFoundException": "not-found"}.get(code)
        if value:
            answers.settle("unknown_package", value, message_of(error))
        else:
            answers.leave("unknown_package", message_of(error))
        return
    if found:
        answers.leave("unknown_package", f"The account has a package {UNKNOWN}.")
    else:
        answers.settle("unknown_package", "empty")


def ask_about_lists(stage: Stage, answers: Answers, package_id: str) -> None:
    """List packages page by page, and by a name with a wildcard."""
    page = stage.packages_api.describe_packages(MaxResults=100)
    if page.get("NextToken"):
        answers.settle("page_size", len(page["PackageDetailsList"]))
    else:
        answers.leave("page_size", f"All {len(page['PackageDetailsList'])} packages are on one page.")
    listed = list(stage.pages(stage.packages_api.describe_packages, "PackageDetailsList"))
    answers.settle("supplied_packages", sum(each["PackageID"].startswith("G") for each in listed))
    name = next(each["PackageName"] for each in listed if each["PackageID"] == package_id)
    wanted = [{"Name": "PackageName", "Value": [f"{name[:-1]}*"]}]
    try:
        found = list(stage.pages(stage.packages_api.describe_packages, "PackageDetailsList", Filters=wanted))
    except ClientError as error:
        answers.settle("wildcard_filters", value=False, seen=message_of(error))
    else:
        answers.settle("wildcard_filters", any(each["PackageID"] == package_id for each in found))


def ask_about_a_key_of_kms(stage: Stage, answers: Answers, package_id: str) -> None:
    try:
        key = stage.put("kms.txt", "kms, key\n", ServerSideEncryption="aws:kms")
        stage.update(package_id, key, "kms")
    except ClientError as error:
        answers.facts.append(
            f"An object under the key aws/s3 of KMS was refused at the call: {message_of(error)}."
        )
        return
    details, _ = stage.settle(package_id)
    status = f"{details['PackageStatus']} {details.get('ErrorDetails') or ''}".strip()
    answers.facts.append(f"A copy of an object under the key aws/s3 of KMS ended {status}.")
    _recover(stage, package_id)


def ask_about_the_right_to_read(stage: Stage, answers: Answers, package_id: str, arn: str) -> None:
    """Deny the caller reads by the bucket's policy, and start a copy."""
    switch, key = "missing_read_right", stage.put("denied.txt", "denied, refused\n")
    stage.deny_reading(arn)
    try:
        if not any(_may_not_read(stage, key) for _ in stage.looks(LATE)):
            answers.leave(switch, "The bucket's policy did not keep the caller from reading.")
            return
        try:
            stage.update(package_id, key, "denied")
        except ClientError as error:
            answers.settle(switch, "call", message_of(error))
            return
        details, _ = stage.settle(package_id)
    finally:
        stage.allow_reading()
    if details["PackageStatus"] == "COPY_FAILED":
        answers.settle(switch, "copy", f"ErrorDetails: {details.get('ErrorDetails')}.")
    else:
        answers.leave(switch, f"The copy ended {details['PackageStatus']}: AWS reads with other rights.")
    _recover(stage, package_id)


def _may_not_read(stage: Stage, key: str) -> bool:
    try:
        stage.s3.get_object(Bucket=stage.bucket, Key=key)["Body"].close()
    except ClientError:
        return True
    return False


def _recover(stage: Stage, package_id: str) -> None:
    """Make the package available again after any copy."""
    stage.update(package_id, stage.put("well.txt", f"well, {stage.now()}\n"), "well")
    stage.settle(package_id)
