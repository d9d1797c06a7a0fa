"""Create the AWS adapters of a run from its configuration. Importing this module imports boto3."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dictionary_deploy.aws.clients import make_clients
from dictionary_deploy.aws.domains import AwsDomains
from dictionary_deploy.aws.holds import AwsHolds
from dictionary_deploy.aws.lock import Lock
from dictionary_deploy.aws.objects import AwsObjects
from dictionary_deploy.aws.packages import AwsPackages
from dictionary_deploy.aws.reopening import AwsReopening
from dictionary_deploy.aws.signing import Signer
from dictionary_deploy.model import Config


@dataclass(frozen=True, slots=True)
class Aws:
    """The AWS adapters of one run."""

    region: str
    packages: AwsPackages
    domains: AwsDomains
    objects: AwsObjects
    holds: AwsHolds
    reopening: AwsReopening
    lock: Lock
    sign: Signer
    """Signs requests to the domains' own endpoints."""


def connect_aws(
    config: Config, default_region: str | None, run_name: str, mask: Callable[[str], None]
) -> Aws:
    """Return adapters for the configuration's Region, bucket and prefix, without a call yet.

    `run_name` identifies this run in the lock and in the records. `mask` receives the credentials that boto3
    finds. Raises AwsError.
    """
    clients = make_clients(config.service, config.region or default_region, mask=mask)
    owner = config.expected_bucket_owner
    lock = Lock(clients.s3, config.bucket, config.prefix, run_name, owner)
    # A process or machine may pause after it has decided to write. This is the last moment before the socket.
    clients.writes.meta.events.register_last("before-send", lambda **_: lock.check())
    return Aws(
        region=clients.region,
        packages=AwsPackages(clients.reads, clients.writes),
        domains=AwsDomains(clients.reads, config.service),
        objects=AwsObjects(clients.s3, config.bucket, config.prefix, owner),
        holds=AwsHolds(clients.s3, config.bucket, config.prefix, run_name, owner),
        reopening=AwsReopening(clients.s3, config.bucket, config.prefix, run_name, owner),
        lock=lock,
        sign=Signer(clients.session, clients.region, mask),
    )
