"""Requests to a domain's endpoint, and everything that it may answer instead."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from werkzeug.wrappers import Request, Response

from dictionary_deploy.errors import SearchError
from dictionary_deploy.search.client import MAX_RESPONSE_BYTES, VPC, SearchClient, basic
from sandbox.server import serve

Answer = Callable[[Request], Response]


@contextmanager
def client(answer: Answer) -> Iterator[SearchClient]:
    """Return the client of a domain whose endpoint answers so."""
    with serve(Request.application(answer)) as url:  # type: ignore[arg-type] # werkzeug's own decorator
        yield SearchClient("search-prod", url, basic("user", "pass:word"))


def refusal(answer: Answer) -> SearchError:
    with client(answer) as search, pytest.raises(SearchError) as error:
        search.settings(["shop"])
    return error.value


def test_settings_and_mappings_of_patterns_are_read_with_authentication() -> None:
    seen: list[Request] = []

    def answer(request: Request) -> Response:
        seen.append(request)
        return Response(json.dumps({"shop": {}}))

    with client(answer) as search:
        assert {"shop": {}} == search.settings(["shop-*", "a%b"])
        assert {"shop": {}} == search.mappings(["shop-*"])

    assert ["/shop-*,a%b/_settings", "/shop-*/_mapping"] == [request.path for request in seen]
    assert {"all"} == {request.args["expand_wildcards"] for request in seen}
    assert "*.settings.index.analysis" in seen[0].args["filter_path"]
    assert "**.search_analyzer" in seen[1].args["filter_path"]
    authorization = seen[0].authorization
    assert authorization
    assert ("user", "pass:word") == (authorization.username, authorization.password)


def test_text_is_analyzed_by_one_index() -> None:
    with client(lambda request: Response(json.dumps({"path": request.path, **request.get_json()}))) as search:
        assert {"path": "/shop/_analyze", "text": "tv"} == search.analyze("shop", {"text": "tv"})


def test_refresh_falls_back_to_the_path_of_older_domains() -> None:
    paths: list[str] = []

    def answer(request: Request) -> Response:
        paths.append(request.path)
        return Response("{}", 400 if "_plugins" in request.path else 200)

    with client(answer) as search:
        assert {} == search.refresh("shop")

    end = "_refresh_search_analyzers/shop"
    assert [f"/_plugins/{end}", f"/_opendistro/{end}"] == paths


def test_refused_refresh_is_not_repeated_elsewhere() -> None:
    with client(lambda _: Response("{}", 403)) as search, pytest.raises(SearchError, match="_plugins"):
        search.refresh("shop")


@pytest.mark.parametrize("status", [401, 403])
def test_missing_permission_is_explained(status: int) -> None:
    error = refusal(lambda _: Response(json.dumps({"Message": "User is not authorized."}), status))

    assert f"search-prod responded to /shop/_settings with {status}: User is not authorized." == error.message
    assert status == error.status
    assert error.remedy.startswith("Grant `es:ESHttpGet` and `es:ESHttpPost`")
    assert "`indices:admin/mappings/get` and `indices:admin/analyze`, or set" in error.remedy


def test_missing_permission_to_write_is_named() -> None:
    with client(lambda _: Response("{}", 403)) as search:
        for write, permission in (
            (search.close, "indices:admin/close"),
            (search.open, "indices:admin/open"),
            (search.refresh, "indices:admin/refresh_search_analyzers"),
            (search.clear_request_cache, "indices:admin/cache/clear"),
        ):
            with pytest.raises(SearchError) as raised:
                write("shop")
            assert f" and `{permission}`, or set" in raised.value.remedy


def test_write_index_of_a_data_stream_must_be_rolled_over() -> None:
    reason = "cannot close the following data stream write indices [.ds-shop-000002]"
    with client(lambda _: Response(json.dumps({"error": {"reason": reason}}), 400)) as search:
        with pytest.raises(SearchError) as raised:
            search.close(".ds-shop-000002")
        assert raised.value.remedy.startswith("Roll over the data stream")


@pytest.mark.parametrize(
    ("response", "is_done"),
    [
        ({"acknowledged": True}, True),
        ({"acknowledged": True, "indices": {"shop": {"closed": True}}, "shards_acknowledged": True}, True),
        ({"acknowledged": True, "indices": {"shop": {"closed": False}}, "shards_acknowledged": False}, False),
        ({"acknowledged": False}, False),
    ],
)
def test_close_and_open_succeed_only_if_all_is_acknowledged(response: object, *, is_done: bool) -> None:
    with client(lambda _: Response(json.dumps(response))) as search:
        for write in (search.close, search.open):
            with nullcontext() if is_done else pytest.raises(SearchError, match="did not complete /shop/_"):
                write("shop")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('{"error": {"reason": "no such index [shop]"}}', ": no such index [shop]"),
        (
            '{"error": {"reason": "Failed", "caused_by": {"caused_by": {"reason": "No rule"}}}}',
            ": Failed: No rule",
        ),
        ('{"message": "Bad\\n Gateway"}', ": Bad Gateway"),
        ('{"error": "Bad"}', ""),
        ("<html>", ""),
        (100_000 * "[", ""),
    ],
)
def test_refusal_has_the_reason_of_engine_or_service(body: str, reason: str) -> None:
    error = refusal(lambda _: Response(body, 502))

    assert f"search-prod responded to /shop/_settings with 502{reason}." == error.message


@pytest.mark.parametrize("body", ["<html>", "[]", ""])
def test_response_without_json_is_an_error(body: str) -> None:
    assert (
        "search-prod responded to /shop/_settings without JSON." == refusal(lambda _: Response(body)).message
    )


def test_redirect_is_not_followed() -> None:
    error = refusal(lambda _: Response("", 302, {"Location": "http://127.0.0.1:1/"}))

    assert 302 == error.status


def test_response_that_is_too_large_is_cut() -> None:
    block = b"x" * (1024 * 1024)

    error = refusal(lambda _: Response(block for _ in range(MAX_RESPONSE_BYTES // len(block) + 2)))

    assert "is incomplete after" in error.message


def test_truncated_response_is_an_error() -> None:
    error = refusal(lambda _: Response('{"shop": {', headers={"Content-Length": "100"}))

    assert error.message.startswith("search-prod responded to /shop/_settings without JSON.")


def test_unreachable_endpoint_is_explained() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(SearchError) as error:
            SearchClient("search-prod", url, basic("user", "password")).settings(["shop"])

    assert error.value.message.startswith("search-prod was not reached: 127.0.0.1")
    assert error.value.remedy.endswith(VPC)


def test_netrc_does_not_replace_the_authentication(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    users: list[str | None] = []

    def answer(request: Request) -> Response:
        users.append(request.authorization.username if request.authorization else None)
        return Response("{}")

    with client(answer) as search:
        search.settings(["shop"])

    assert ["user"] == users
