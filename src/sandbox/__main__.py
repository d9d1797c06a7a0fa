"""The local AWS and the local GitHub, for any client: `python -m sandbox --repository DIR`.

Prints the variables of a client as lines of an environment file, then serves until SIGINT or SIGTERM.
`python -m sandbox run` runs the action on the repository (see `sandbox.run_command`).
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from sandbox import run_command
from sandbox.account import REGION, Account
from sandbox.aws.switches import Switches, switch_lines
from sandbox.server import serve

RUN_HELP = """\
run the action on the repository, in another terminal or with the services in the background:
  python -m sandbox run --pull-request BRANCH | --push | --rollback COMMIT
  python -m sandbox run --help

switches, each with its values, the default first:
"""
INDENT = " " * 6


def main(argv: Sequence[str]) -> int:
    """Serve both until a signal ends the process with status 0, or run the action."""
    if argv[:1] == ["run"]:
        return run_command.main(argv[1:])
    options, switches = _parse(argv)
    # moto takes a second to import, which only the services need.
    from sandbox.aws.app import LocalAws  # noqa: PLC0415
    from sandbox.github.app import create_app  # noqa: PLC0415

    for number in (signal.SIGINT, signal.SIGTERM):
        # Raise: the handler runs in the waiting thread, which holds the Event's lock.
        signal.signal(number, lambda *_: sys.exit(0))
    latency = options.latency_ms / 1000
    with (
        serve(LocalAws(switches), options.aws_port, latency) as aws,
        serve(create_app(options.repository), options.github_port, latency) as github,
    ):
        variables = {
            "AWS_ENDPOINT_URL": aws,
            "GITHUB_API_URL": github,
            "GITHUB_REPOSITORY": os.environ.get("GITHUB_REPOSITORY") or _name(options.repository),
            **Account(aws).environ,
            "AWS_DEFAULT_REGION": REGION,  # for the AWS CLI
            "AWS_PAGER": "",  # or the AWS CLI waits for a key
        }
        lines = [f"{name}={value}" for name, value in variables.items()]
        # An empty line ends them, for a program that reads from a pipe.
        print("\n".join(lines), end="\n\n", flush=True)
        Event().wait()
    return 0


def _name(repository: Path) -> str:
    """Return the repository's `owner/name`: that of its origin, else `local` and the folder's name."""
    command = ["git", "-C", str(repository), "config", "remote.origin.url"]
    origin = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    if found := re.search(r"([\w.-]+/[\w.-]+?)(\.git)?/?$", origin, re.ASCII):
        return found[1]
    return "local/" + re.sub(r"[^\w.-]", "-", repository.resolve().name, flags=re.ASCII)


def _parse(argv: Sequence[str]) -> tuple[argparse.Namespace, Switches]:
    lines = "".join(
        f"  {name}\n{textwrap.fill(meaning, 96, initial_indent=INDENT, subsequent_indent=INDENT)}\n"
        for name, meaning in switch_lines()
    )
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="A local AWS and a local GitHub.",
        epilog=RUN_HELP + lines,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--repository", type=Path, default=Path(), metavar="DIR", help="a git checkout; default: this folder"
    )
    parser.add_argument("--aws-port", type=int, default=0, metavar="N", help="default: a free one")
    parser.add_argument("--github-port", type=int, default=0, metavar="N", help="default: a free one")
    parser.add_argument(
        "--copy-seconds", type=float, default=1.0, metavar="S", help="how long a package is COPYING"
    )
    parser.add_argument(
        "--associate-seconds", type=float, default=1.0, metavar="S", help="how long a domain is ASSOCIATING"
    )
    parser.add_argument("--latency-ms", type=float, default=0.0, metavar="N", help="delay of each response")
    parser.add_argument(
        "--switch",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="how AWS behaves where its documents leave it open, see below; may be repeated",
    )
    options = parser.parse_args(argv)
    if not (options.repository / ".git").exists():
        folder = options.repository.resolve()
        parser.error(
            f"{folder} is not the top folder of a git checkout. Set --repository, or run `git init {folder}`."
        )
    durations = Switches(copy_seconds=options.copy_seconds, associate_seconds=options.associate_seconds)
    try:
        return options, durations.override(dict(switch.partition("=")[::2] for switch in options.switch))
    except ValueError as error:
        parser.error(f"--switch: {error}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
