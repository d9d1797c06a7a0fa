"""What is measured, each in a process of its own: `python -m benchmarks.jobs JOB FILE...` prints figures."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from dictionary_deploy.dictionaries import KINDS, Options, Text, check
from dictionary_deploy.diff import diff_texts

SYNONYMS = KINDS["synonyms"]


def validate(file: str) -> None:
    """Every rule over a file."""
    check(SYNONYMS, Path(file).read_bytes(), file, Options())


def compare(file: str, before: str) -> None:
    """Validation, and the diff against another file, with both in memory as in a run."""
    deployed = Path(before).read_bytes()
    _, text = check(SYNONYMS, Path(file).read_bytes(), file, Options())
    assert text is not None  # noqa: S101 - the files are well-formed
    diff_texts(SYNONYMS, Text.of(deployed), text, Options())


JOBS: Mapping[str, Callable[..., None]] = {"validate": validate, "compare": compare}


def main() -> None:
    """Do the job and print the processor's seconds it took and the most memory the process ever had."""
    _, job, *files = sys.argv
    start = time.process_time()
    JOBS[job](*files)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # KiB on Linux
    print(json.dumps({"seconds": seconds, "peak": peak}))


if __name__ == "__main__":
    main()
