"""The demo with a search engine."""

from __future__ import annotations

import pytest

from tests.engines.demo import demonstrate
from tests.engines.judge import Judge
from tests.engines.node import has_refresh

pytestmark = pytest.mark.engines


def test_demo_finds_a_document_after_the_merge(judge: Judge, capfd: pytest.CaptureFixture[str]) -> None:
    if not has_refresh(judge.node.version):
        pytest.skip(f"the stand-in does not run in {judge.node.version}")

    status = demonstrate(judge.node)

    said = capfd.readouterr().out
    assert 0 == status, said
    assert "laptop now also finds notebook (shop-v3)" in said
    assert "A search for laptop found 0 documents before the merge, and 1 after it." in said
    assert "A search for `laptop` does not find `notebook`." in said
