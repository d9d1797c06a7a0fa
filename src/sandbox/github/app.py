"""The local GitHub as a WSGI application.

`/_sandbox/requests` (GET, DELETE) lists and forgets what was asked; `/_sandbox/answers` (POST, DELETE)
plans and forgets answers on demand. Everything else is GitHub's own: REST under `/` and, as GitHub
Enterprise Server has it, under `/api/v3`; GraphQL at `/graphql` and `/api/graphql`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, Response, g, jsonify, request

from sandbox.github import resources
from sandbox.github.answers import Answer, Script, SeenRequest
from sandbox.github.checkout import Checkout
from sandbox.github.comments import IssueComments
from sandbox.github.errors import ApiError, not_found
from sandbox.github.graphql_api import answer, operation_name
from sandbox.github.graphql_types import Source
from sandbox.github.identity import allow_user, token_of, viewer_of
from sandbox.github.pull_requests import PullRequests
from sandbox.github.resources import Place
from sandbox.github.rest_git import GitRoutes
from sandbox.github.rest_issues import IssueRoutes
from sandbox.one_at_a_time import one_at_a_time

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_GRAPHQL_PATHS = ("/graphql", "/api/graphql")
_ENTERPRISE = "/api/v3"
_CONTROL = "/_sandbox/"


@one_at_a_time
def create_app(repository: Path) -> Flask:
    """A GitHub that has one repository, the git checkout at `repository`, under any owner and name."""
    app = Flask(__name__)
    checkout, comments, script = Checkout(repository), IssueComments(), Script()
    pull_requests = PullRequests(checkout)
    app.register_blueprint(_control(script))
    _script_answers(app, script)
    routes = Blueprint("rest", __name__, url_prefix="/repos/<owner>/<repo>")
    GitRoutes(checkout, _place).register(routes)
    IssueRoutes(checkout, pull_requests, comments, _place).register(routes)
    app.register_blueprint(routes)
    app.add_url_rule("/user", view_func=_user)
    app.add_url_rule("/rate_limit", view_func=_rate_limit)

    def graphql() -> Response:
        found, of_forks = pull_requests.all(), pull_requests.of_forks()
        source = Source(checkout, found, of_forks, comments, viewer_of(g.token), _server())
        return jsonify(answer(source, _json()))

    for path in _GRAPHQL_PATHS:
        app.add_url_rule(path, path, graphql, methods=["POST"])
    app.register_error_handler(ApiError, ApiError.response)
    for status in (404, 405):
        app.register_error_handler(status, lambda _: not_found().response())
    app.wsgi_app = _enterprise(app.wsgi_app)  # type: ignore[assignment,method-assign] # flask's own way to wrap it
    return app


def _enterprise(application: WSGIApplication) -> WSGIApplication:
    """The application, under GitHub Enterprise Server's prefix too."""

    def under_prefix(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(f"{_ENTERPRISE}/"):
            environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix(_ENTERPRISE)
            environ["SCRIPT_NAME"] = _ENTERPRISE
        return application(environ, start_response)

    return under_prefix


def _control(script: Script) -> Blueprint:
    """The routes by which a test asks and plans."""
    routes = Blueprint("control", __name__, url_prefix=_CONTROL.rstrip("/"))

    @routes.get("/requests")
    def requests() -> Response:
        return jsonify([asdict(seen) for seen in script.requests()])

    @routes.delete("/requests")
    def forget_requests() -> tuple[str, int]:
        script.forget_requests()
        return "", 204

    @routes.post("/answers")
    def plan() -> tuple[str, int]:
        script.plan(Answer(**_json()))
        return "", 204

    @routes.delete("/answers")
    def forget_answers() -> tuple[str, int]:
        script.forget_answers()
        return "", 204

    return routes


def _script_answers(app: Flask, script: Script) -> None:
    """Record each request, and answer it as planned; the token is looked at when nothing was planned."""

    @app.before_request
    def before() -> Response | None:
        g.answer = None
        if request.path.startswith(_CONTROL):
            return None
        path = request.script_root + request.full_path.rstrip("?")
        seen = SeenRequest(request.method, path, _operation())
        script.record(seen)
        g.answer = script.take(seen)
        if g.answer and not g.answer.after:
            return g.answer.response()  # type: ignore[no-any-return] # flask's g is untyped
        g.token = token_of(request)
        return None

    @app.after_request
    def after(response: Response) -> Response:
        if g.answer and g.answer.after:
            return g.answer.response()  # type: ignore[no-any-return] # flask's g is untyped
        return response


def _operation() -> str:
    if request.method == "POST" and request.path in _GRAPHQL_PATHS:
        return operation_name(_json())
    rule = request.url_rule.rule if request.url_rule else request.path
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


def _json() -> dict[str, Any]:
    sent = request.get_json(force=True, silent=True)
    if not isinstance(sent, dict):
        raise ApiError(400, "Problems parsing JSON")
    return sent


def _server() -> str:
    return request.host_url.rstrip("/")


def _place() -> Place:
    arguments = request.view_args or {}
    return Place(_server(), f"{arguments['owner']}/{arguments['repo']}")


def _user() -> Response:
    allow_user(g.token)
    return jsonify(resources.account(viewer_of(g.token)))


def _rate_limit() -> Response:
    # What GITHUB_TOKEN has in an hour; nothing is ever used up here.
    rate = {"limit": 1000, "remaining": 1000, "reset": 0, "used": 0}
    return jsonify({"resources": {"core": rate, "graphql": rate}, "rate": rate})
