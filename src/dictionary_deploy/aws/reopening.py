"""Read and write the record of indices that a run closes and opens, `<prefix>/.reopening`: one JSON object.

An index is on record from before its `_close` until after its `_open`, under the lock. So a later run opens
what a killed run left closed, and no index that someone closed on purpose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from dictionary_deploy.aws.record import Record, parse_texts
from dictionary_deploy.aws.s3 import S3Key
from dictionary_deploy.errors import LockError
from dictionary_deploy.model import ClosedIndex, Reopening


@dataclass(slots=True)
class AwsReopening:
    """The object below a prefix of a bucket. `run` is the name or URL of this run."""

    client: Any
    bucket: str
    prefix: str
    run: str
    expected_owner: str | None = None

    @property
    def url(self) -> str:
        return self._record.at.url

    def read(self) -> Reopening:
        """Return the indices on record. Raises AwsError for an unreadable object or an unknown format."""
        stored = self._record.read()
        if not stored.body:
            return Reopening(read_at=stored.read_at)
        try:
            indices = [parse_texts(ClosedIndex, each) for each in stored.body["indices"]]
        except (KeyError, TypeError) as error:
            raise self._record.format_error() from error
        return Reopening(tuple(indices), stored.read_at, stored.etag)

    def write(self, was: Reopening, indices: Sequence[ClosedIndex]) -> Reopening:
        """Replace the read record and return the new one. A new index gets this run and the time.

        Raises LockError if the object changed since it was read: another run holds the lock.
        """
        named = tuple(each if each.run else replace(each, run=self.run, at=was.read_at) for each in indices)
        etag = self._record.write(was.etag, {"indices": [asdict(each) for each in named]})
        if not etag:
            message = f"{self._record.at.url} changed during this run: another run wrote it."
            raise LockError("locked", message, "Rerun when that run has ended.")
        return replace(was, indices=named, etag=etag)

    @property
    def _record(self) -> Record:
        partition = self.client.meta.partition
        return Record(
            self.client,
            S3Key(self.bucket, self.prefix, f"{self.prefix}/.reopening", self.expected_owner, partition),
            "the record of closed indices",
            "Update this action. Or open the indices that the object names, delete it, and rerun.",
        )
