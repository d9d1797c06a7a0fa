"""The local AWS and the local GitHub, for any client: `python -m sandbox --repository DIR`.

Prints the two endpoints as lines of an environment file, then serves until SIGINT or SIGTERM.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from sandbox.aws.app import LocalAws
from sandbox.aws.switches import Switches
from sandbox.github.app import create_app
from sandbox.server import serve


def main(argv: Sequence[str] | None = None) -> int:
    """Serve both until a signal ends the process with status 0."""
    options, switches = _parse(argv)
    for number in (signal.SIGINT, signal.SIGTERM):
        # Raise: the handler runs in the waiting thread, which holds the Event's lock.
        signal.signal(number, lambda *_: sys.exit(0))
    latency = options.latency_ms / 1000
    with (
        serve(LocalAws(switches), options.aws_port, latency) as aws,
        serve(create_app(options.repository), options.github_port, latency) as github,
    ):
        print(f"AWS_ENDPOINT_URL={aws}")
        print(f"GITHUB_API_URL={github}", flush=True)
        Event().wait()
    return 0


def _parse(argv: Sequence[str] | None) -> tuple[argparse.Namespace, Switches]:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A local AWS and a local GitHub.")
    parser.add_argument("--repository", type=Path, required=True, metavar="DIR", help="a git checkout")
    parser.add_argument("--aws-port", type=int, default=0, metavar="N", help="default: a free one")
    parser.add_argument("--github-port", type=int, default=0, metavar="N", help="default: a free one")
    parser.add_argument(
        "--copy-seconds", type=float, default=1.0, metavar="S", help="how long a package is COPYING"
    )
    parser.add_argument(
        "--associate-seconds", type=float, default=1.0, metavar="S", help="how long a domain is ASSOCIATING"
    )
    parser.add_argument("--latency-ms", type=float, default=0.0, metavar="N", help="how late every answer is")
    parser.add_argument(
        "--switch",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="how AWS behaves where it does not say (sandbox/aws/switches.py); may be repeated",
    )
    options = parser.parse_args(argv)
    if not (options.repository / ".git").exists():
        parser.error(f"{options.repository} is not a git checkout")
    durations = Switches(copy_seconds=options.copy_seconds, associate_seconds=options.associate_seconds)
    try:
        return options, durations.changed(dict(switch.partition("=")[::2] for switch in options.switch))
    except ValueError as error:
        parser.error(f"--switch: {error}")


if __name__ == "__main__":
    sys.exit(main())
