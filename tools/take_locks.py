"""Copy lock files that untrusted code wrote: `python tools/take_locks.py FOLDER`.

Overwrites lock files of the current folder and prints their names. If FOLDER has anything but lock files,
copies nothing and exits with 1. Needs the standard library alone.
"""

from __future__ import annotations

import re
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

NAME = re.compile(r"requirements(-[a-z]+)?\.txt")
MAX_BYTES = 1024 * 1024


def take_locks(source: Path, target: Path) -> list[str]:
    """Copy the files to `target`; return their names, sorted. Raises ValueError before it writes anything."""
    files = sorted(source.iterdir())
    for path in files:
        found = path.lstat()
        if not NAME.fullmatch(path.name) or not (target / path.name).is_file():
            raise ValueError(f"{path.name!r} is not a lock file of this project.")
        if not stat.S_ISREG(found.st_mode):
            raise ValueError(f"{path.name} is not a regular file.")
        if found.st_size > MAX_BYTES:
            raise ValueError(f"{path.name} has {found.st_size} bytes, more than {MAX_BYTES}.")
    for path in files:
        (target / path.name).write_bytes(path.read_bytes())
    return [path.name for path in files]


def main(arguments: Sequence[str]) -> int:
    """Copy the lock files of the only argument; return the exit status."""
    [folder] = arguments
    try:
        names = take_locks(Path(folder), Path.cwd())
    except ValueError as error:
        sys.stderr.write(f"{error} Nothing was copied.\n")
        return 1
    sys.stdout.write("".join(f"{name}\n" for name in names))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
