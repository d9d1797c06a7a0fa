"""Endless, oversized and redirected responses: each is an error soon, and no token leaks."""

from __future__ import annotations

import gc
import gzip
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from dictionary_deploy.aws.clients import make_clients
from dictionary_deploy.aws.packages import AwsPackages
from dictionary_deploy.errors import DeployError, GithubError, UnclearError
from dictionary_deploy.github_api import http_limits
from dictionary_deploy.github_api.client import GithubClient
from tests.network.slow import HEAD, Repeating, serve_bytes

TOKEN = "ghs_of_this_run"

# An abandoned response is left to itself, and so is its socket.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

Ask = Callable[[str], Any]


@pytest.fixture(scope="module", autouse=True)
def _collected() -> Iterator[None]:
    """Collect garbage here, so that nothing surfaces in a later test."""
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set credentials; remove all other AWS variables, proxies and CAs."""
    for name in os.environ:
        if name.startswith("AWS_") or name.lower().endswith("_proxy") or name.endswith("_CA_BUNDLE"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def ask_github(url: str) -> Any:
    client = GithubClient(
        TOKEN, url, f"{url}/graphql", "acme/search", lambda _: None, time.time, max_response_seconds=1
    )
    try:
        return client.request(
            "GET branches/main", lambda repository: repository.get_branch("main").raw_data, repeatable=False
        )
    finally:
        client.close()


@pytest.fixture
def ask_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    def ask(url: str) -> Any:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        clients = make_clients("es", "eu-west-1", attempts=1)
        try:
            return AwsPackages(clients.reads, clients.writes).all()
        finally:
            for client in (clients.reads, clients.writes, clients.s3):
                client.close()

    return ask


@pytest.fixture(params=["GitHub", "AWS"])
def ask(request: pytest.FixtureRequest, ask_aws: Ask) -> Ask:
    return ask_github if request.param == "GitHub" else ask_aws


ENDLESS_HEADERS = Repeating((HEAD,), (b"X-More: x\r\n", b""))
ENDLESS_DRIP = Repeating((HEAD, b"\r\n{"), (b" ", b""))
ENDLESS_CHUNKS = Repeating((HEAD, b"Transfer-Encoding: chunked\r\n\r\n"), (b"1\r\n \r\n", b""))
ENDLESS_LINE = Repeating((HEAD, b"X-Long: "), (b"x", b""))


@pytest.mark.parametrize(
    "answer",
    [ENDLESS_HEADERS, ENDLESS_DRIP, ENDLESS_CHUNKS, ENDLESS_LINE, Repeating((), (b"",))],
    ids=["headers", "body", "chunks", "header", "silence"],
)
def test_dripping_response_times_out(answer: Iterable[bytes]) -> None:
    with serve_bytes(answer) as server, pytest.raises(GithubError):
        ask_github(f"http://127.0.0.1:{server.port}")

    assert not server.has_ended


MEMORY = """
import resource, sys
from dictionary_deploy.errors import GithubError
from dictionary_deploy.github_api.client import GithubClient

def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

url = sys.argv[1]
client = GithubClient("ghs_x", url, f"{url}/graphql", "acme/search", lambda _: None, lambda: 0.0)
before = peak()
try:
    client.request("GET", lambda repository: repository.get_branch("main").raw_data, repeatable=False)
except GithubError as error:
    print(peak() - before, error)
"""


@pytest.mark.parametrize(
    "answer",
    [
        [HEAD, b"Content-Length: 200000000\r\n\r\n[", *[b" " * 1_000_000] * 200],
        Repeating((HEAD, b"\r\n["), (b" " * 1_000_000,)),
        [
            HEAD,
            b"Content-Encoding: gzip\r\n\r\n",
            gzip.compress(b"[") + gzip.compress(b" " * 1_000_000) * 200,
        ],
    ],
    ids=["long", "endless", "bomb"],
)
def test_200_mb_from_github_are_refused_within_20_mb_of_memory(answer: Iterable[bytes]) -> None:
    with serve_bytes(answer) as server:
        url = f"http://127.0.0.1:{server.port}"
        program = [sys.executable, "-c", MEMORY, url]
        environ = {"PYTHONPATH": str(Path(__file__).parents[2] / "src")}
        kib, _, error = subprocess.check_output(program, env=environ, text=True).partition(" ")

    assert int(kib) < 20_000
    assert "No response from GitHub to GET" in error


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_sends_neither_token_nor_request_elsewhere(ask: Ask, status: int) -> None:
    with serve_bytes([]) as elsewhere:
        leads = f"Location: http://localhost:{elsewhere.port}/\r\nContent-Length: 0\r\n\r\n".encode()
        with serve_bytes([HEAD.replace(b"200", b"%d" % status), leads]) as server:
            with pytest.raises(DeployError):
                ask(f"http://127.0.0.1:{server.port}")
            assert 1 == len(server.requests)

        assert [] == elsewhere.requests


def test_token_is_sent_to_github_despite_netrc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login mallory password password\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    with serve_bytes([HEAD, b"Content-Length: 2\r\n\r\n{}"]) as server:
        assert ask_github(f"http://127.0.0.1:{server.port}")

    assert [True] == [f"Authorization: token {TOKEN}".encode() in each for each in server.requests]


# ---------------------------------------------------------------- TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    return context


GITHUBS = [HEAD, b"Content-Length: 2\r\n\r\n{}"]
AWSS = [HEAD, b'Content-Length: 26\r\n\r\n{"PackageDetailsList": []}']


def test_untrusted_server_receives_nothing(ask: Ask, tls: ssl.SSLContext) -> None:
    with serve_bytes(GITHUBS, tls) as server:
        with pytest.raises(DeployError):
            ask(f"https://localhost:{server.port}")
        assert [] == server.requests


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_ca_of_the_environment_is_trusted(
    ask_aws: Ask, tls: ssl.SSLContext, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    with authority.cert_pem.tempfile() as bundle, serve_bytes(AWSS, tls) as server:
        monkeypatch.setenv(variable, bundle)
        assert () == ask_aws(f"https://localhost:{server.port}")


def test_ca_of_the_environment_is_trusted_for_github(
    tls: ssl.SSLContext, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    with authority.cert_pem.tempfile() as bundle, serve_bytes(GITHUBS, tls) as server:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle)
        assert ask_github(f"https://localhost:{server.port}")


def test_certificate_for_another_name_is_refused(
    ask: Ask, tls: ssl.SSLContext, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    with authority.cert_pem.tempfile() as bundle, serve_bytes(GITHUBS, tls) as server:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle)
        with pytest.raises(DeployError):
            ask(f"https://127.0.0.1:{server.port}")
        assert [] == server.requests


# ---------------------------------------------------------------- the cause is named at once


def failure(ask: Ask, port: int, host: str = "localhost") -> DeployError:
    with pytest.raises(DeployError) as raised:
        ask(f"https://{host}:{port}")
    assert not isinstance(raised.value, UnclearError)
    return raised.value


CA_VARIABLES = {"GitHub": "REQUESTS_CA_BUNDLE", "AWS": "AWS_CA_BUNDLE"}


@pytest.fixture(params=CA_VARIABLES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def retrying(service: str, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """A request of the service that is retried after an unclear response."""

    def github(url: str) -> Any:
        def no_pause(_: float) -> None:
            pytest.fail("A permanent cause was retried.")

        client = GithubClient(TOKEN, url, f"{url}/graphql", "acme/search", no_pause, time.time)
        return client.request("GET branches/main", lambda repository: repository.get_branch("main").raw_data)

    def aws(url: str) -> Any:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        clients = make_clients("es", "eu-west-1")
        return AwsPackages(clients.reads, clients.writes).all()

    return github if service == "GitHub" else aws


def test_unknown_authority_names_the_variable_and_keeps_the_public_ones(
    retrying: Ask, service: str, tls: ssl.SSLContext
) -> None:
    with serve_bytes(GITHUBS, tls) as server:
        error = failure(retrying, server.port)

    assert 1 == server.connections
    assert f"the certificate of localhost:{server.port} is not trusted" in error.message
    assert (
        f"Set {CA_VARIABLES[service]} to a file with your certificate authority and the public ones."
        == error.remedy
    )


@pytest.mark.parametrize(
    ("content", "problem"), [(None, "a file that does not exist"), ("no PEM", "a file without certificates")]
)
def test_unusable_file_of_authorities_names_variable_and_path(
    retrying: Ask,
    service: str,
    tls: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    content: str | None,
    problem: str,
) -> None:
    path = tmp_path / "ca.pem"
    if content:
        path.write_text(content)
    monkeypatch.setenv(CA_VARIABLES[service], str(path))
    with serve_bytes(GITHUBS, tls) as server:
        error = failure(retrying, server.port)

    assert f"{CA_VARIABLES[service]} is '{path}'" in error.message
    assert problem in error.message
    assert f"Set {CA_VARIABLES[service]}" in error.remedy


def test_certificate_for_another_name_is_reported(
    retrying: Ask, service: str, tls: ssl.SSLContext, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    with authority.cert_pem.tempfile() as bundle, serve_bytes(GITHUBS, tls) as server:
        monkeypatch.setenv(CA_VARIABLES[service], bundle)
        error = failure(retrying, server.port, "127.0.0.1")

    assert "is for another name" in error.message


def test_expired_certificate_names_the_clock(
    retrying: Ask, service: str, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost", not_after=datetime(2020, 1, 1, tzinfo=UTC)).configure_cert(context)
    with authority.cert_pem.tempfile() as bundle, serve_bytes(GITHUBS, context) as server:
        monkeypatch.setenv(CA_VARIABLES[service], bundle)
        error = failure(retrying, server.port)

    assert "is not valid at this time" in error.message
    assert "clock" in error.remedy


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "requires a user name and a password"),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "rejected the connection (Tunnel connection failed: 403"),
    ],
)
def test_proxy_that_rejects_the_connection_is_named(
    retrying: Ask, monkeypatch: pytest.MonkeyPatch, answer: bytes, problem: str
) -> None:
    with serve_bytes([answer]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://ada:secret@127.0.0.1:{proxy.port}")
        error = failure(retrying, 1, "service.example.com")

    assert 1 == proxy.connections
    assert f"the proxy 127.0.0.1:{proxy.port} (HTTPS_PROXY) {problem}" in error.message
    assert "Fix HTTPS_PROXY, or exclude " in error.remedy
    assert "secret" not in str(error)


@pytest.mark.parametrize("proxy", ["http://[::1", "http://host:port", "http://127.0.0.1:1\n"])
def test_broken_proxy_variable_is_named_and_no_credentials(
    retrying: Ask, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)

    error = failure(retrying, 1, "service.example.com")

    assert "HTTPS_PROXY is not the URL of a proxy" in error.message


def test_limits_allow_real_responses() -> None:
    assert 100 * 10**6 * 4 / 3 < http_limits.MAX_BLOB_BYTES
    assert GithubError("x").reason == "github-failed"
