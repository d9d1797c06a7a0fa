"""`python -S launch.py FILE COMMAND...`: run a command and write its cost to FILE, as JSON.

A small process in between, since Linux counts what the starting process had in memory as the started one's.
"""

import json
import os
import sys
import time

figures, *command = sys.argv[1:]
began = time.monotonic()
pid = os.posix_spawnp(command[0], command, os.environ)
_, status, usage = os.wait4(pid, 0)
took = {
    "seconds": time.monotonic() - began,
    "processor": usage.ru_utime + usage.ru_stime,
    "peak": usage.ru_maxrss * 1024,  # KiB on Linux
}
with open(figures, "w", encoding="utf-8") as file:  # noqa: PTH123 - pathlib's import is part of what it avoids
    json.dump(took, file)
sys.exit(os.waitstatus_to_exitcode(status))
