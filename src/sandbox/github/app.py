"""The local GitHub as a WSGI application.

`/_sandbox/requests` (GET, DELETE) lists and clears the requests; `/_sandbox/answers` (POST, DELETE)
plans and clears responses. `/_sandbox/repository` (GET) has the path of the checkout. `/_sandbox/merges`
(POST: {"number": 1, "commit": SHA}) sets the commit that merged a pull request. Everything else is
GitHub's own: REST under `/` and, as GitHub Enterprise Server has it, under `/api/v3`; GraphQL at
`/graphql` and `/api/graphql`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, Response, g, jsonify, request

from sandbox.github import resources, rest_git, rest_issues
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

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_GRAPHQL_PATHS = ("/graphql", "/api/graphql")
_ENTERPRISE = "/api/v3"
_CONTROL = "/_sandbox/"
_GITHUB = "sandbox.github"
"""The key of the WSGI environment with the GitHub that receives the request."""


class _Github:
    """The state of one local GitHub. The routes are shared: werkzeug takes long to compile them."""

    def __init__(self, repository: Path) -> None:
        checkout = Checkout(repository)
        self.checkout = checkout
        self.comments = IssueComments()
        self.script = Script()
        self.pull_requests = PullRequests(checkout)
        self.git = GitRoutes(checkout, _place)
        self.issues = IssueRoutes(checkout, self.pull_requests, self.comments, _place)


def create_app(repository: Path) -> WSGIApplication:
    """Return a GitHub that serves the git checkout at `repository`, under any owner and name."""
    github = _Github(repository)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[_GITHUB] = github
        if environ["PATH_INFO"].startswith(f"{_ENTERPRISE}/"):
            environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix(_ENTERPRISE)
            environ["SCRIPT_NAME"] = _ENTERPRISE
        return _ROUTES(environ, start_response)

    return application


def _github() -> _Github:
    """Return the GitHub that receives the request."""
    github: _Github = request.environ[_GITHUB]
    return github


def _create_routes() -> Flask:
    app = Flask(__name__)
    app.register_blueprint(_control())
    app.before_request(_before)
    app.after_request(_after)
    routes = Blueprint("rest", __name__, url_prefix="/repos/<owner>/<repo>")
    for rule, method, git_view in rest_git.ROUTES:
        routes.add_url_rule(rule, f"{method} {rule}", partial(_git, git_view), methods=[method])
    for rule, method, issue_view in rest_issues.ROUTES:
        routes.add_url_rule(rule, f"{method} {rule}", partial(_issues, issue_view), methods=[method])
    app.register_blueprint(routes)
    app.add_url_rule("/user", view_func=_user)
    app.add_url_rule("/rate_limit", view_func=_rate_limit)
    for path in _GRAPHQL_PATHS:
        app.add_url_rule(path, path, _graphql, methods=["POST"])
    app.register_error_handler(ApiError, ApiError.response)
    for status in (404, 405):
        app.register_error_handler(status, lambda _: not_found().response())
    return app


def _git(view: Callable[..., Any], **arguments: Any) -> Any:
    return view(_github().git, **arguments)


def _issues(view: Callable[..., Any], **arguments: Any) -> Any:
    return view(_github().issues, **arguments)


def _graphql() -> Response:
    github = _github()
    found, of_forks = github.pull_requests.all(), github.pull_requests.of_forks()
    source = Source(github.checkout, found, of_forks, github.comments, viewer_of(g.token), _server())
    return jsonify(answer(source, _json()))


def _control() -> Blueprint:
    """Return the routes that GitHub does not have."""
    routes = Blueprint("control", __name__, url_prefix=_CONTROL.rstrip("/"))

    @routes.get("/requests")
    def requests() -> Response:
        return jsonify([asdict(seen) for seen in _github().script.requests()])

    @routes.delete("/requests")
    def forget_requests() -> tuple[str, int]:
        _github().script.forget_requests()
        return "", 204

    @routes.post("/answers")
    def plan() -> tuple[str, int]:
        _github().script.plan(Answer(**_json()))
        return "", 204

    @routes.delete("/answers")
    def forget_answers() -> tuple[str, int]:
        _github().script.forget_answers()
        return "", 204

    @routes.get("/repository")
    def repository() -> Response:
        return jsonify({"path": str(_github().checkout.path.resolve())})

    @routes.post("/merges")
    def merge() -> tuple[str, int]:
        github, sent = _github(), _json()
        commit = github.checkout.commit(str(sent.get("commit")))
        number = sent.get("number")
        if not commit or number not in github.pull_requests.all():
            raise not_found()
        github.pull_requests.merge(number, commit)
        return "", 204

    return routes


def _before() -> Response | None:
    """Record the request and return the planned response. Read the token only if none is planned."""
    g.answer = None
    if request.path.startswith(_CONTROL):
        return None
    path = request.script_root + request.full_path.rstrip("?")
    seen = SeenRequest(request.method, path, _operation())
    script = _github().script
    script.record(seen)
    g.answer = script.take(seen)
    if g.answer and not g.answer.after:
        return g.answer.response()  # type: ignore[no-any-return] # flask's g is untyped
    g.token = token_of(request)
    return None


def _after(response: Response) -> Response:
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
    # The hourly limit of GITHUB_TOKEN, which is never used up here.
    rate = {"limit": 1000, "remaining": 1000, "reset": 0, "used": 0}
    return jsonify({"resources": {"core": rate, "graphql": rate}, "rate": rate})


# Created while this module is imported, in one thread: two threads that compile routes at the same time can
# end in `SystemError: AST constructor recursion depth mismatch` with Python 3.11. moto has its own lock.
_ROUTES = _create_routes()
