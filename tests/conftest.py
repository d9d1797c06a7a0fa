from __future__ import annotations

import gc


def pytest_collection_finish() -> None:
    """Exclude modules and collected tests from garbage collection, which saves a fifth of the CPU time."""
    gc.collect()
    gc.freeze()
