"""Create boto3's clients: one session, the default credential chain, retries for idempotent calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError
from botocore.loaders import Loader, create_loader

from dictionary_deploy import __version__
from dictionary_deploy.aws.credentials import mask_credentials
from dictionary_deploy.aws.errors import connection_failure, unusable_setting
from dictionary_deploy.clock import AWS_CONNECT_SECONDS, AWS_READ_SECONDS, MAX_WRITE_SECONDS
from dictionary_deploy.errors import AwsError

if TYPE_CHECKING:
    from dictionary_deploy.model import Service

MAX_CONNECTIONS = 32
"""Calls in flight at the same time. AWS allows 25 packages per Region."""


@dataclass(frozen=True, slots=True)
class Clients:
    """The clients of a run. `writes` never retries: a repeated UpdatePackage creates two versions."""

    region: str
    session: Any
    reads: Any
    writes: Any
    s3: Any


def make_clients(
    service: Service,
    region: str | None,
    *,
    read_timeout: float = AWS_READ_SECONDS,
    attempts: int = 4,
    mask: Callable[[str], None] = lambda _: None,
) -> Clients:
    """Return clients for one Region. Idempotent calls are sent at most `attempts` times.

    `mask` receives the credentials before the first call that they sign, in any thread. Raises AwsError if
    the Region is missing or boto3 rejects a setting of the environment.
    """
    if not region:
        raise AwsError(
            "no-credentials",
            "No AWS Region is set.",
            "Set `region` in the configuration, or AWS_REGION as aws-actions/configure-aws-credentials does.",
        )
    common = _config(read_timeout, attempts)
    # A quarter to connect: the host may have two addresses.
    once = _config(min(read_timeout, MAX_WRITE_SECONDS / 2), 1, connect_timeout=MAX_WRITE_SECONDS / 4)
    try:
        session = _session(region)
        clients = Clients(
            region=region,
            session=session,
            reads=session.client(service, config=common),
            writes=session.client(service, config=once),
            s3=session.client("s3", config=common),
        )
    except (BotoCoreError, ValueError, OSError) as error:
        raise unusable_setting(error) from error
    each = (clients.reads, clients.writes, clients.s3)
    mask_credentials(session, each, mask)
    for client in each:
        client.meta.events.register_first("needs-retry", _raise_permanent)
    return clients


def _session(region: str) -> boto3.session.Session:
    session = botocore.session.get_session()
    session.register_component("data_loader", _loader(session.get_config_variable("data_path")))
    return boto3.session.Session(botocore_session=session, region_name=region)


@cache
def _loader(data_path: str | None) -> Loader:
    """Return the loader of AWS's service models, shared because it parses megabytes of JSON."""
    return create_loader(data_path)


def _raise_permanent(caught_exception: Exception | None, **_: object) -> None:
    """Raise the error of a request that cannot succeed: boto3 would retry it."""
    failure = connection_failure(caught_exception) if caught_exception else None
    if caught_exception and failure and failure.is_permanent:
        raise caught_exception


def _config(read_timeout: float, attempts: int, connect_timeout: float = AWS_CONNECT_SECONDS) -> ClientConfig:
    return ClientConfig(
        user_agent_extra=f"dictionary-deploy/{__version__}",
        max_pool_connections=MAX_CONNECTIONS,
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
        s3={"us_east_1_regional_endpoint": "regional"},
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
