"""The record of rollbacks: one object, written under its condition."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from dictionary_deploy.aws.holds import AwsHolds
from dictionary_deploy.errors import AwsError, UnclearError
from dictionary_deploy.model import Holds, Rollback
from tests.aws.served import BUCKET, PREFIX, Aws

KEY = f"{PREFIX}/.holds"
RUN = "https://example.com/runs/1"
NEW = Rollback("blob", "content", "b" * 40, "a" * 40)


def holds_of(aws: Aws) -> AwsHolds:
    return AwsHolds(aws.clients.s3, BUCKET, PREFIX, RUN)


def test_without_an_object_nothing_is_on_record(aws: Aws) -> None:
    found = holds_of(aws).read()

    assert ({}, "") == (found.rollbacks, found.etag)
    assert found.read_at.endswith(".000Z")


def test_new_rollback_gets_the_run_and_the_time_of_the_read(aws: Aws) -> None:
    holds = holds_of(aws)
    before = holds.read()

    assert holds.write(before, {"F1": NEW})

    found = holds.read().rollbacks["F1"]
    assert found == Rollback("blob", "content", "b" * 40, "a" * 40, RUN, before.read_at)
    assert "AES256" == aws.clients.s3.head_object(Bucket=BUCKET, Key=KEY)["ServerSideEncryption"]


def test_other_rollbacks_stay_as_they_are(aws: Aws) -> None:
    holds = holds_of(aws)
    theirs = Rollback("other", "", "", "c" * 40, "run 2", "2026-01-01T00:00:00.000Z")
    holds.write(holds.read(), {"F1": NEW, "F2": theirs})

    assert holds.write(holds.read(), {"F1": None})

    assert {"F2": theirs} == holds.read().rollbacks


def test_age_is_by_the_clock_of_s3(aws: Aws) -> None:
    holds = holds_of(aws)
    holds.write(holds.read(), {})
    aws.gateway.seconds_ahead = 100_000

    assert 99_990 < holds.read().age_seconds < 100_010


def test_record_that_changed_since_it_was_read_is_not_overwritten(aws: Aws) -> None:
    holds, late = holds_of(aws), holds_of(aws)
    nothing = late.read()
    holds.write(holds.read(), {"F1": NEW})
    read = late.read()
    holds.write(holds.read(), {"F2": NEW})

    assert not late.write(nothing, {"F3": NEW})
    assert not late.write(read, {"F3": NEW})
    assert {"F1", "F2"} == holds.read().rollbacks.keys()


def test_each_write_has_another_etag(aws: Aws) -> None:
    holds = holds_of(aws)
    holds.write(holds.read(), {"F1": NEW})
    first = holds.read()
    holds.write(first, {})
    holds.write(holds.read(), {})

    assert first.rollbacks == holds.read().rollbacks
    assert not holds.write(first, {})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"no JSON",
        b'{"form": 2, "rollbacks": {}}',
        b'{"rollbacks": {}}',
        b'{"form": 1}',
        b'{"form": 1, "rollbacks": []}',
        b'{"form": 1, "rollbacks": {"F1": {}}}',
        b"[" * 100_000,
        json.dumps({"form": 1, "rollbacks": {"F1": dict.fromkeys(
            ["file_at_tip", "from_sha256", "from_commit", "to_commit", "run", "at"], 1)}}).encode(),
    ],
)  # fmt: skip
def test_unknown_form_is_an_error_with_its_remedy(aws: Aws, body: bytes) -> None:
    aws.put(KEY, body)

    with pytest.raises(AwsError, match="has an unknown format") as raised:
        holds_of(aws).read()

    assert "Update this action" in raised.value.remedy


def test_denied_read_names_the_permission(aws: Aws) -> None:
    aws.fail("s3:GetObject", "AccessDenied", status=403)

    with pytest.raises(AwsError, match="the record of rollbacks s3://") as raised:
        holds_of(aws).read()

    assert "access-denied" == raised.value.reason


def test_denied_write_is_an_error(aws: Aws) -> None:
    aws.fail("s3:PutObject", "AccessDenied", status=403)

    with pytest.raises(AwsError) as raised:
        holds_of(aws).write(Holds(), {"F1": NEW})

    assert "access-denied" == raised.value.reason


def test_response_without_an_etag_or_a_time_is_handled() -> None:
    class Body:
        def read(self, _: int) -> bytes:
            return b'{"form": 1, "rollbacks": {}}'

        def close(self) -> None: ...

    class Client:
        meta = SimpleNamespace(partition="aws")

        def __init__(self, **response: Any) -> None:
            self.response = {"Body": Body(), "LastModified": None, **response}

        def get_object(self, **_: Any) -> Any:
            return self.response

    assert Holds(etag="1") == AwsHolds(Client(ETag="1"), BUCKET, PREFIX, RUN).read()
    with pytest.raises(UnclearError):
        AwsHolds(Client(), BUCKET, PREFIX, RUN).read()
