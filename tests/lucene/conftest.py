from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lucene.ask import Lucene


@pytest.fixture(scope="package")
def lucene() -> Iterator[Lucene]:
    with Lucene() as answering:
        yield answering
