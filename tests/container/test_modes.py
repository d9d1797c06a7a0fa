"""Every mode in the container and every source of credentials: nothing they import is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.repository import Repository

from .runner import Engine, Run, run_action
from .workspace import BUCKET, PACKAGE, Services, make_workspace, serve

pytestmark = pytest.mark.container

KEYS = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
TOKEN_FILE = "/github/workspace/token"
SSO_PROFILE = """\
[profile sso]
sso_session = acme
sso_account_id = 123456789012
sso_role_name = deploy
[sso-session acme]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
"""


@dataclass(frozen=True)
class Place:
    """A workspace and its services; `run` runs the action there."""

    engine: Engine
    image: str
    folder: Path
    workspace: Repository
    services: Services

    def run(
        self,
        name: str,
        inputs: Mapping[str, str],
        *,
        options: Sequence[str] = (),
        network: str = "host",
        command: Sequence[str] = (),
        **environ: str,
    ) -> Run:
        return run_action(
            self.engine,
            self.image,
            self.folder / name,
            workspace=self.workspace,
            inputs=inputs,
            environ={**self.services.environ(), **environ},
            options=options,
            network=network,
            command=command,
        )


@pytest.fixture(scope="module")
def place(engine: Engine, image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("modes")
    workspace = make_workspace(folder / "workspace")
    (workspace.path / "token").write_text("header.payload.signature")
    with serve(workspace) as services:
        services.account.create_bucket(BUCKET)
        services.account.create_package(PACKAGE, BUCKET)
        yield Place(engine, image, folder, workspace, services)


# In this order: what is checked and rolled back was deployed before.
@pytest.mark.parametrize(
    ("mode", "result"),
    [
        ("validate", "nothing"),
        ("plan", "planned"),
        ("deploy", "updated"),
        ("check", "unchanged"),
        ("rollback", "updated"),
    ],
)
def test_every_mode_runs_and_compiles_nothing(place: Place, mode: str, result: str) -> None:
    run = place.run(mode, {"mode": mode})

    assert (0, result) == (run.status, run.outputs["result"]), run.log
    assert [] == run.written


@pytest.mark.parametrize(
    ("mode", "network", "result"),
    [
        ("validate", "none", "nothing"),
        ("plan", "host", "unchanged"),
        ("deploy", "host", "updated"),
        ("check", "host", "unchanged"),
        ("rollback", "host", "updated"),
    ],
)
def test_every_mode_runs_with_a_read_only_root(place: Place, mode: str, network: str, result: str) -> None:
    run = place.run(f"{mode}-read-only", {"mode": mode}, options=["--read-only"], network=network)

    assert (0, result) == (run.status, run.outputs["result"]), run.log


def test_doctor_runs_with_a_read_only_root(place: Place) -> None:
    run = place.run("doctor", {}, options=["--read-only"], command=["doctor"])

    assert 0 == run.status, run.log


def test_role_assumed_by_a_web_identity_token_works(place: Place) -> None:
    run = place.run(
        "web-identity",
        {"mode": "check"},
        **KEYS,
        AWS_ROLE_ARN="arn:aws:iam::123456789012:role/dictionaries",
        AWS_WEB_IDENTITY_TOKEN_FILE=TOKEN_FILE,
    )

    assert run.outputs["failure-reason"] in {"", "package-not-found"}, (
        run.log
    )  # the role's account is another


@pytest.mark.parametrize(
    "environ",
    [
        pytest.param(
            {"AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere", "AWS_ROLE_ARN": "arn:aws:iam::1:role/x"}, id="web"
        ),
        pytest.param({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/"}, id="container"),
        pytest.param({"AWS_CONFIG_FILE": "/github/workspace/sso", "AWS_PROFILE": "sso"}, id="sso"),
        pytest.param({"AWS_PROFILE": "nobody"}, id="no such profile"),
        pytest.param({"AWS_EC2_METADATA_DISABLED": "true"}, id="none"),
    ],
)
def test_missing_credentials_are_reported(
    place: Place, environ: dict[str, str], request: pytest.FixtureRequest
) -> None:
    (place.workspace.path / "sso").write_text(SSO_PROFILE)

    run = place.run(f"{request.node.callspec.id}-credentials", {"mode": "check"}, **KEYS, **environ)

    assert (1, "no-credentials") == (run.status, run.outputs["failure-reason"]), run.log


def test_unreachable_proxy_is_reported(place: Place) -> None:
    run = place.run(
        "proxy", {"mode": "check"}, AWS_ENDPOINT_URL="https://aws.example", HTTPS_PROXY="http://127.0.0.1:1"
    )

    assert 1 == run.status
    assert run.outputs["failure-reason"] not in {"", "internal"}, run.log


def test_missing_ca_bundle_is_reported(place: Place) -> None:
    run = place.run(
        "certificates",
        {"mode": "check"},
        AWS_ENDPOINT_URL="https://127.0.0.1:1",
        REQUESTS_CA_BUNDLE="/nowhere.pem",
        AWS_CA_BUNDLE="/nowhere.pem",
    )

    assert 1 == run.status
    assert run.outputs["failure-reason"] not in {"", "internal"}, run.log
