"""The measured jobs, each in a process of its own: `python -m benchmarks.jobs JOB FILE...` prints figures."""

from __future__ import annotations

import gc
import json
import re
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from dictionary_deploy.dictionaries import KINDS, Options, Text, validate
from dictionary_deploy.dictionaries.diff import diff_texts

SYNONYMS = KINDS["synonyms"]


def find_problems(file: str) -> None:
    """Apply all rules to a file."""
    validate(SYNONYMS, Path(file).read_bytes(), file, Options())


def compare(file: str, before: str) -> None:
    """Validate a file and compare it with another, both in memory as in a run."""
    deployed = Path(before).read_bytes()
    _, text = validate(SYNONYMS, Path(file).read_bytes(), file, Options())
    assert text is not None  # noqa: S101 - the files are well-formed
    diff_texts(SYNONYMS, Text.of(deployed), text, Options())


JOBS: Mapping[str, Callable[..., None]] = {"validate": find_problems, "compare": compare}


def main() -> None:
    """Run the job; print its CPU seconds and the peak memory of the process."""
    gc.disable()  # as the program does
    _, job, *files = sys.argv
    start = time.process_time()
    JOBS[job](*files)
    seconds = time.process_time() - start
    print(json.dumps({"seconds": seconds, "peak": _peak()}))


def _peak() -> int:
    """Return the peak memory in bytes. Linux's `ru_maxrss` would include the parent process."""
    (kib,) = re.findall(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text("utf-8"))
    return int(kib) * 1024


if __name__ == "__main__":
    main()
