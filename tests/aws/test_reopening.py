"""The record of closed indices: one object, written under its condition."""

from __future__ import annotations

import pytest

from dictionary_deploy.aws.reopening import AwsReopening
from dictionary_deploy.errors import AwsError, LockError
from dictionary_deploy.model import ClosedIndex
from tests.aws.served import BUCKET, PREFIX, Aws

RUN = "https://example.com/runs/1"
SHOP, HELP = ClosedIndex("search-prod", "shop"), ClosedIndex("search-prod", "help")


def record_of(aws: Aws) -> AwsReopening:
    return AwsReopening(aws.clients.s3, BUCKET, PREFIX, RUN)


def test_new_index_gets_the_run_and_the_time_and_others_keep_theirs(aws: Aws) -> None:
    record = record_of(aws)
    before = record.read()
    theirs = ClosedIndex("search-test", "shop", "run 2", "2026-01-01T00:00:00.000Z")

    written = record.write(before, [theirs, SHOP])

    assert () == before.indices
    found = record.read()
    assert (theirs, ClosedIndex("search-prod", "shop", RUN, before.read_at)) == found.indices
    assert (found.indices, found.etag) == (written.indices, written.etag)


def test_successive_writes_of_one_run_need_no_read(aws: Aws) -> None:
    record = record_of(aws)
    record.write(record.write(record.read(), [SHOP]), [])

    assert () == record.read().indices


@pytest.mark.parametrize("indices", [(), (HELP,)], ids=["new object", "old object"])
def test_write_whose_response_was_lost_succeeds(aws: Aws, indices: tuple[ClosedIndex, ...]) -> None:
    record = record_of(aws)
    was = record.write(record.read(), indices) if indices else record.read()
    aws.gateway.lost_answers["PUT"] = 1

    written = record.write(was, [SHOP])

    assert ["shop"] == [each.index for each in record.read().indices]
    assert () == record.write(written, []).indices


def test_record_of_another_run_is_not_overwritten(aws: Aws) -> None:
    late = record_of(aws)
    was = late.read()
    record_of(aws).write(was, [HELP])

    with pytest.raises(LockError, match="another run wrote it"):
        late.write(was, [SHOP])
    assert ["help"] == [each.index for each in late.read().indices]


@pytest.mark.parametrize(
    "body", [b'{"form": 2, "indices": []}', b'{"form": 1}', b'{"form": 1, "indices": [{"domain": 1}]}']
)
def test_unknown_form_is_an_error_with_its_remedy(aws: Aws, body: bytes) -> None:
    aws.put(f"{PREFIX}/.reopening", body)

    with pytest.raises(AwsError, match="the record of closed indices, has an unknown format") as raised:
        record_of(aws).read()

    assert "open the indices that the object names" in raised.value.remedy
