"""AWS, connected: the adapters of a run, made from its configuration. Importing this imports boto3."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dictionary_deploy.aws.clients import make_clients
from dictionary_deploy.aws.domains import Domains
from dictionary_deploy.aws.lock import Lock
from dictionary_deploy.aws.objects import Objects
from dictionary_deploy.aws.packages import Packages
from dictionary_deploy.model import Config


@dataclass(frozen=True, slots=True)
class Aws:
    """The adapters of one run."""

    region: str
    packages: Packages
    domains: Domains
    objects: Objects
    lock: Lock


def connect_aws(
    config: Config, default_region: str | None, run_name: str, mask: Callable[[str], None]
) -> Aws:
    """Make clients for the configuration's Region, bucket and prefix. Raises AwsError; calls nothing yet.

    Runs that wait for the lock are shown `run_name`. `mask` is given the credentials that boto3 finds.
    """
    clients = make_clients(config.service, config.region or default_region, mask=mask)
    return Aws(
        region=clients.region,
        packages=Packages(clients.reads, clients.writes),
        domains=Domains(clients.reads, config.service),
        objects=Objects(clients.s3, config.bucket, config.prefix, config.expected_bucket_owner),
        lock=Lock(clients.s3, config.bucket, config.prefix, run_name, config.expected_bucket_owner),
    )
