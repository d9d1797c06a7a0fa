"""Runs `entrypoint.py` in processes that share their imports, which are most of the time of a short run.

One process per pytest worker imports the program and forks for each run. So a run is a process of its own,
with its own environment, folder, output and exit status.
"""

from __future__ import annotations

import functools
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

ROOT = Path(__file__).resolve().parents[2]
ENTRYPOINT = str(ROOT / "entrypoint.py")
MAX_RUN_SECONDS = 120
LAZY_IMPORTS = ("botocore.session", "jinja2", "jsonschema")


def run_entrypoint(
    arguments: Sequence[str], environ: Mapping[str, str], folder: Path, stdout: IO[Any], stderr: IO[Any]
) -> int:
    """Run the program to its end and return its exit status, negative after a signal.

    An environment that changes Python itself gets a Python of its own. So do all runs on macOS, whose
    libraries do not survive a fork.
    """
    if sys.platform != "linux" or any(name.startswith("PYTHON") for name in environ):
        command = [sys.executable, ENTRYPOINT, *arguments]
        return subprocess.run(
            command,
            env=environ,
            cwd=folder,
            stdout=stdout,
            stderr=stderr,
            check=False,
            timeout=MAX_RUN_SECONDS,
        ).returncode
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            descriptors = [theirs.fileno(), stdout.fileno(), stderr.fileno()]
            socket.send_fds(_server(), [b"run"], descriptors)
        ours.sendall(json.dumps([list(arguments), dict(environ), str(folder)]).encode())
        ours.shutdown(socket.SHUT_WR)
        return int(ours.recv(64) or -signal.SIGKILL)


@functools.cache
def _server() -> socket.socket:
    """Start the server; return the socket that takes runs. It ends when the socket is closed."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        # Not waited for: it outlives this function, and ends with this process.
        os.posix_spawn(
            sys.executable,
            [sys.executable, __file__, str(theirs.fileno())],
            {"PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true"},
            file_actions=[(os.POSIX_SPAWN_DUP2, theirs.fileno(), theirs.fileno())],
        )
    return ours


def serve(runs: socket.socket) -> None:
    """Import the program, then fork for each run until the other end of the socket is closed."""
    sys.path[:1] = [str(ROOT / "src"), str(ROOT)]
    package = importlib.import_module("dictionary_deploy")
    modules = [each.name for each in pkgutil.walk_packages(package.__path__, "dictionary_deploy.")]
    for name in (*modules, *LAZY_IMPORTS):
        if not name.endswith("__main__"):
            importlib.import_module(name)
    # Parse AWS's service models, which a run would do again.
    importlib.import_module("dictionary_deploy.aws.clients").make_clients("es", "eu-west-1")
    gc.freeze()
    supervisors = 0
    while (received := socket.recv_fds(runs, 16, 3))[0]:
        connection, *output = received[1]
        if not os.fork():
            runs.close()
            _supervise(socket.socket(fileno=connection), output)
        supervisors += 1
        for each in received[1]:
            os.close(each)
        while supervisors and os.waitpid(-1, os.WNOHANG)[0]:
            supervisors -= 1


def _supervise(connection: socket.socket, output: Sequence[int]) -> NoReturn:
    """Run the program in one more process and send its exit status."""
    with connection.makefile("rb") as request:
        arguments, environ, folder = json.load(request)
    program = os.fork()
    if not program:
        connection.close()
        _become_program(arguments, environ, folder, output)
    _, status = os.waitpid(program, 0)
    connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _become_program(
    arguments: Sequence[str], environ: Mapping[str, str], folder: str, output: Sequence[int]
) -> NoReturn:
    signal.alarm(MAX_RUN_SECONDS)
    for number, descriptor in enumerate((os.open(os.devnull, os.O_RDONLY), *output)):
        os.dup2(descriptor, number)
    os.closerange(3, max(output) + 1)
    # A stream decides when it is opened whether it can seek, which a pipe cannot.
    sys.stdout, sys.stderr = (open(each, "w", encoding="utf-8", closefd=False) for each in (1, 2))  # noqa: SIM115
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = [ENTRYPOINT, *arguments]
    runpy.run_path(ENTRYPOINT, run_name="__main__")
    sys.exit()


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
