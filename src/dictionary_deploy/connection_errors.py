"""Explain why a connection failed: the cause, and the setting that fixes it.

Requests and boto3 wrap the same exceptions of urllib3 and Python, each in classes of its own.
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

EXPIRED_CODES = frozenset({9, 10})
"""OpenSSL's codes for a certificate that is not valid yet, or no longer."""

NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})

BAD_PROXY_ERRORS = frozenset({
    "InvalidProxyURL",
    "InvalidSchema",
    "InvalidURL",
    "LocationParseError",
    "ProxySchemeUnknown",
})  # fmt: skip
"""Names of the errors of requests and urllib3 for a proxy's URL. The server's own URL is checked before."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A service and the settings of its connection."""

    url: str
    """A URL of the service, or its host name in messages."""
    ca_variables: tuple[str, ...]
    """The variables that name a file of certificate authorities, in their order."""
    address: str
    """The settings of the address, as in `GITHUB_API_URL`."""

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc.rpartition("@")[2] or self.url


@dataclass(frozen=True, slots=True)
class ConnectionFailure:
    """The problem, a clause, and the remedy, sentences. Nothing was sent if it is permanent."""

    problem: str
    remedy: str
    is_permanent: bool = False
    """True if the same request fails until a setting changes."""


def explain_connection(
    error: BaseException, endpoint: Endpoint, environ: Mapping[str, str]
) -> ConnectionFailure | None:
    """Return the explanation of a failed connection; None for other errors."""
    causes = tuple(_causes(error))
    names = {type(each).__name__ for each in causes}
    proxy = _proxy_variable(endpoint.url, environ)
    if proxy and (names & BAD_PROXY_ERRORS or "Invalid IPv6 URL" in str(error)):
        return _bad_proxy(proxy, endpoint)
    if names & {"ProxyError", "ProxyConnectionError"}:
        return _unreachable_proxy(causes, proxy or "HTTPS_PROXY", endpoint, environ)
    failures = (_certificate_failure, _address_failure)
    return next(
        (found for each in causes for explain in failures if (found := explain(each, endpoint, environ))),
        None,
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and all errors that it wraps, in an argument, an attribute or as its cause."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        each = waiting.pop(0)
        if not isinstance(each, BaseException) or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        kwargs = getattr(each, "kwargs", None)
        waiting += [*each.args, getattr(each, "reason", None), each.__cause__, each.__context__]
        waiting += kwargs.values() if isinstance(kwargs, dict) else ()


def _certificate_failure(
    error: BaseException, endpoint: Endpoint, environ: Mapping[str, str]
) -> ConnectionFailure | None:
    host, variable = endpoint.host, _first_set(endpoint.ca_variables, environ)
    is_missing = isinstance(error, FileNotFoundError) or "suitable TLS CA certificate bundle" in str(error)
    if is_missing and environ.get(variable):
        return ConnectionFailure(
            f"{variable} is {environ.get(variable, '')!r}, a file that does not exist",
            f"Set {variable} to a file that exists where the action runs: in its container, the workspace is"
            " /github/workspace.",
            is_permanent=True,
        )
    if type(error).__name__ == "CertificateError" or "certificate is not valid for" in str(error):
        return ConnectionFailure(
            f"the certificate of {host} is for another name",
            f"Fix {endpoint.address}, or issue a certificate for this name.",
            is_permanent=True,
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in EXPIRED_CODES:
            return ConnectionFailure(
                f"the certificate of {host} is not valid at this time ({error.verify_message})",
                "Fix the machine's clock, or renew the certificate.",
                is_permanent=True,
            )
        return ConnectionFailure(
            f"the certificate of {host} is not trusted ({error.verify_message})",
            f"Set {endpoint.ca_variables[0]} to a file with your certificate authority and the public ones.",
            is_permanent=True,
        )
    if isinstance(error, ssl.SSLError) and error.reason in {
        "NO_CERTIFICATE_OR_CRL_FOUND",
        "BAD_BASE64_DECODE",
    }:
        return ConnectionFailure(
            f"{variable} is {environ.get(variable, '')!r}, a file without certificates",
            f"Set {variable} to a file with certificates in PEM format.",
            is_permanent=True,
        )
    if isinstance(error, ssl.SSLError) and error.reason == "WRONG_VERSION_NUMBER":
        return ConnectionFailure(
            f"{host} does not respond with TLS", f"Fix {endpoint.address}.", is_permanent=True
        )
    return None


def _address_failure(
    error: BaseException, endpoint: Endpoint, environ: Mapping[str, str]
) -> ConnectionFailure | None:
    host = endpoint.host
    remedy = f"Fix {endpoint.address}, or the network."
    if not _proxy_variable(endpoint.url, environ):
        remedy += " If this network requires a proxy, set HTTPS_PROXY."
    if isinstance(error, socket.gaierror):
        return ConnectionFailure(
            f"the name {host} was not found in DNS ({error.strerror})",
            remedy,
            is_permanent=error.errno != socket.EAI_AGAIN,
        )
    if isinstance(error, ConnectionRefusedError):
        return ConnectionFailure(f"{host} refused the connection", remedy)
    if isinstance(error, OSError) and error.errno in NO_ROUTE:
        return ConnectionFailure(f"there is no route to {host}", remedy)
    if type(error).__name__ == "ConnectTimeoutError":
        return ConnectionFailure(f"{host} did not accept a connection in time", remedy)
    return None


def _bad_proxy(variable: str, endpoint: Endpoint) -> ConnectionFailure:
    # Without its value, which may contain a password.
    return ConnectionFailure(
        f"{variable} is not the URL of a proxy",
        f"Set {variable} to a URL such as http://proxy.example.com:3128, or exclude {endpoint.host} with"
        " NO_PROXY.",
        is_permanent=True,
    )


def _unreachable_proxy(
    causes: tuple[BaseException, ...], variable: str, endpoint: Endpoint, environ: Mapping[str, str]
) -> ConnectionFailure:
    proxy = Endpoint(environ.get(variable, ""), (), variable).host
    refusal = next((str(each) for each in causes if str(each).startswith("Tunnel connection failed")), "")
    if "407" in refusal:
        problem = f"the proxy {proxy} ({variable}) requires a user name and a password"
    elif refusal:
        problem = f"the proxy {proxy} ({variable}) rejected the connection ({refusal})"
    else:
        problem = f"the proxy {proxy} ({variable}) cannot be reached"
    return ConnectionFailure(
        problem,
        f"Fix {variable}, or exclude {endpoint.host} with NO_PROXY.",
        is_permanent=not refusal.startswith("Tunnel connection failed: 5"),
    )


def _proxy_variable(url: str, environ: Mapping[str, str]) -> str:
    """Return the name of the variable with the proxy for the URL; empty without one."""
    schemes = [urlsplit(url).scheme] if "://" in url else ["https", "http"]
    names = [f"{scheme}_proxy" for scheme in (*schemes, "all")]
    return next((each for name in names for each in (name, name.upper()) if environ.get(each)), "")


def _first_set(names: tuple[str, ...], environ: Mapping[str, str]) -> str:
    return next((name for name in names if environ.get(name)), names[0])
