"""The environment of a run, and the local AWS with the adapters on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from dictionary_deploy.aws.clients import Clients, make_clients
from dictionary_deploy.model import Service
from sandbox.server import serve
from tests.aws.served import BUCKET, REGION, Aws, Gateway

Connect = Callable[..., Clients]


@pytest.fixture(scope="module", autouse=True)
def environment() -> Iterator[None]:
    """Set the usual credential variables; remove all other AWS and proxy variables."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name in os.environ:
            if name.startswith("AWS_") or name.lower().endswith("_proxy"):
                monkeypatch.delenv(name)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield


@contextmanager
def connecting() -> Iterator[Connect]:
    """Create the clients of a run for an endpoint; further arguments are those of make_clients."""
    with pytest.MonkeyPatch.context() as monkeypatch, ExitStack() as stack:

        def connect(url: str, service: Service = "es", **more: Any) -> Clients:
            monkeypatch.setenv("AWS_ENDPOINT_URL", url)
            clients = make_clients(service, REGION, **more)
            for client in (clients.reads, clients.writes, clients.s3):
                stack.callback(client.close)
            return clients

        yield connect


@pytest.fixture
def connect() -> Iterator[Connect]:
    with connecting() as connect:
        yield connect


@pytest.fixture(scope="module")
def served() -> Iterator[Aws]:
    """Share one AWS per session: creating clients is slow."""
    gateway = Gateway()
    with serve(gateway) as url, connecting() as connect:
        yield Aws(url, gateway, connect(url))


@pytest.fixture
def aws(served: Aws) -> Aws:
    """Return the local AWS with only a bucket, without failures."""
    served.gateway.empty()
    served.clients.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    return served
