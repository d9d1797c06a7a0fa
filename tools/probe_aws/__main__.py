"""Find out AWS's undocumented behavior in your own account: `make live`, or `python -m tools.probe_aws`.

Makes a bucket and two packages, asks, and takes them away again, also when it is interrupted.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
import time
from collections.abc import Sequence
from types import FrameType

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tools.probe_aws.asking import ask
from tools.probe_aws.stage import BUCKET, NAME, Stage

PLAN = """\
You are {arn} in the account {account}.
In {region} this makes a bucket {bucket}… and up to two packages {name}…, with some twenty
versions of a few bytes, and deletes all of it at the end. Packages cost nothing, S3 less than a cent.
Domains: {domains}.
They get the packages and lose them again; nothing else of them is touched. It takes some minutes
without domains, and up to half an hour with two."""
AGREE = "Nothing was made. If all of this is right, say so by the account: LIVE_ACCOUNT={account}"


class Signals:
    """Stop at the first signal. Signals after `shield` are ignored."""

    def __init__(self) -> None:
        self._is_open = True
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)

    def shield(self) -> None:
        self._is_open = False

    def _note(self, _: int, __: FrameType | None) -> None:
        if self._is_open:
            self._is_open = False
            raise KeyboardInterrupt


def main(argv: Sequence[str] | None = None) -> int:
    """Probe AWS and print the answers; return 1 without answers or with leftovers."""
    options = _parser().parse_args(argv)
    if os.environ.get("CI") and not os.environ.get("AWS_ENDPOINT_URL"):
        return _refuse("This is for a person with an account of their own, and not for CI.")
    session = boto3.Session(region_name=options.region or None)
    if not session.region_name:
        return _refuse("Name a Region: LIVE_REGION=eu-west-1")
    try:
        identity = session.client("sts").get_caller_identity()
    except (ClientError, BotoCoreError) as error:
        return _refuse(f"AWS does not say who you are: {error}")
    caller = {name: identity[name.capitalize()] for name in ("account", "arn")}
    domains = ", ".join(options.domains) or "none, so that some questions stay open (LIVE_DOMAINS=a,b)"
    print(
        PLAN.format(**caller, region=session.region_name, bucket=BUCKET, name=NAME, domains=domains),
        flush=True,
    )
    if options.account != identity["Account"]:
        return _refuse(AGREE.format(**caller))
    signals = Signals()
    answers, leftovers = ask(
        _stage(session, options.service), caller["arn"], options.domains, options.changing, signals.shield
    )
    print("\n".join(answers.lines()), flush=True)
    for each in leftovers:
        print(f"LEFT BEHIND: {each}", file=sys.stderr)
    return 1 if leftovers or not answers.values else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.probe_aws", description=__doc__)
    parser.add_argument("--account", default="", help="the ID of your account, to say that it is meant")
    parser.add_argument("--region", default="", help="default: that of the AWS CLI")
    parser.add_argument("--service", default="es", choices=("es", "opensearch"), help="the API to ask")
    parser.add_argument(
        "--domains", default=(), type=_names, metavar="A,B", help="one or two domains to ask with"
    )
    parser.add_argument("--changing", default="", metavar="C", help="a domain that is just in change")
    return parser


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()][:2]


def _stage(session: boto3.Session, service: str) -> Stage:
    # Send each call once: a repeated UpdatePackage would create two versions.
    once = Config(retries={"mode": "standard", "total_max_attempts": 1})
    return Stage(
        packages_api=session.client(service, config=once),  # type: ignore[call-overload] # stubs know literals
        s3=session.client("s3"),
        region=str(session.region_name),
        run=secrets.token_hex(4),
        now=time.time,
        pause=time.sleep,
        say=lambda line: print(line, file=sys.stderr, flush=True),
    )


def _refuse(why: str) -> int:
    print(why, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
