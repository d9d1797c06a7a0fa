"""The endpoint of a domain as one WSGI application: indices whose analyzers read files of packages.

It analyzes by whitespace, `lowercase` and Solr's rules of single words, which is enough to show which file an
index uses. The files are in a folder, where the local AWS or a test puts them. It takes these of the search
engine's requests:

    PUT  /INDEX                  with `settings` and `mappings`
    GET  /INDICES/_settings      the settings, whole; INDICES are names and patterns
    GET  /INDICES/_mapping       the mappings, whole
    POST /INDEX/_analyze         with an analyzer, or with the names of a tokenizer and filters
    POST /INDEX/_cache/clear
    POST /INDEX/_close
    POST /INDEX/_open            500 if the engine cannot read a file
    POST /_plugins/_refresh_search_analyzers/INDEX

An index reads its files when it is created or opened, and again by `reload`, as the service does after an
update.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from sandbox.aws.answers import json_answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


BUILT_IN = frozenset({"lowercase"})
BUILT_IN_ANALYZERS = frozenset({"standard", "whitespace"})


class EngineError(Exception):
    """A refusal, with the engine's type and reason."""

    def __init__(self, status: int, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.status, self.kind, self.reason = status, kind, reason

    def answer(self) -> Response:
        error: dict[str, Any] = {"type": self.kind, "reason": self.reason}
        if isinstance(self.__cause__, EngineError):
            error["caused_by"] = {"type": self.__cause__.kind, "reason": self.__cause__.reason}
        return json_answer({"error": {"root_cause": [error], **error}, "status": self.status}, self.status)


@dataclass(slots=True)
class Index:
    """An index, and the rules of each filter as it has loaded them."""

    analysis: Mapping[str, Any]
    mappings: Mapping[str, Any]
    rules: dict[str, list[str]] = field(default_factory=dict)
    is_closed: bool = False
    is_red: bool = False
    """True if no shard is available."""
    is_stuck: bool = False
    """True if a refresh seems to succeed but changes nothing."""


@dataclass(slots=True)
class LocalSearch:
    """The WSGI application. `folder` has the files: `analyzers/F123` is `folder/analyzers/F123`."""

    folder: Path
    indices: dict[str, Index] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    """Method, path and user of each request so far."""
    refusals: dict[str, int] = field(default_factory=dict)
    """The status by the last part of a path, such as `_settings`, by which the service refuses."""
    fails_to_refresh: bool = False
    """True if every shard fails to refresh."""
    prefix: str = "_plugins"
    """The first part of the path of `_refresh_search_analyzers`; `_opendistro` on older domains."""
    reloads_itself: bool = False
    """True if a change of a file is loaded by `updateable` filters at once."""
    _turn: RLock = field(default_factory=RLock)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        with self._turn:
            try:
                response = self._answer(request)
            except EngineError as error:
                response = error.answer()
        return response(environ, start_response)

    def reload(self) -> None:
        """Load the files of all `updateable` filters, as the service does after an update."""
        for index in self.indices.values():
            for name, definition in index.analysis.get("filter", {}).items():
                if definition.get("updateable"):
                    index.rules[name] = self._read(definition)

    def _answer(self, request: Request) -> Response:
        credentials = request.headers.get("Authorization", "")
        self.requests.append({"method": request.method, "path": request.path, "credentials": credentials})
        names, _, action = request.path.lstrip("/").partition("/")
        if status := self.refusals.get(action):
            return json_answer({"Message": "User: arn:aws:iam::1:role/x is not authorized"}, status)
        match request.method, action:
            case "PUT", "":
                return self._create(names, request.get_json())
            case "GET", "_settings":
                return json_answer({name: _settings(index) for name, index in self._matching_indices(names)})
            case "GET", "_mapping":
                return json_answer(
                    {name: {"mappings": index.mappings} for name, index in self._matching_indices(names)}
                )
            case "POST", "_analyze":
                return json_answer(self._analyze(names, request.get_json()))
            case "POST", "_close":
                return self._close(names)
            case "POST", "_open":
                return self._open(names)
            case "POST", "_cache/clear":
                return json_answer({"_shards": {"total": 1, "successful": 1, "failed": 0}})
            case "POST", _ if names == self.prefix and action.startswith("_refresh_search_analyzers/"):
                return json_answer(self._refresh(action.partition("/")[2]))
        raise EngineError(400, "illegal_argument_exception", f"no handler for {request.method} {action}")

    def _create(self, name: str, body: Mapping[str, Any]) -> Response:
        analysis = body.get("settings", {}).get("analysis", {})
        self.indices[name] = Index(analysis, body.get("mappings", {}), self._rules(analysis))
        return json_answer({"acknowledged": True, "shards_acknowledged": True, "index": name})

    def _close(self, name: str) -> Response:
        self._find_index(name).is_closed = True
        closed = {name: {"closed": True}}
        return json_answer({"acknowledged": True, "shards_acknowledged": True, "indices": closed})

    def _open(self, name: str) -> Response:
        index = self._find_index(name)
        if index.is_closed:
            try:
                index.rules = self._rules(index.analysis)
            except EngineError as error:
                raise EngineError(500, "exception", f"Failed to verify index [{name}]") from error
        index.is_closed = False
        return json_answer({"acknowledged": True, "shards_acknowledged": True})

    def _find_index(self, name: str) -> Index:
        if name not in self.indices:
            raise EngineError(404, "index_not_found_exception", f"no such index [{name}]")
        return self.indices[name]

    def _rules(self, analysis: Mapping[str, Any]) -> dict[str, list[str]]:
        return {name: self._read(definition) for name, definition in analysis.get("filter", {}).items()}

    def _matching_indices(self, names: str) -> list[tuple[str, Index]]:
        patterns = names.split(",")
        return [
            (name, index)
            for name, index in self.indices.items()
            if any(fnmatchcase(name, pattern) for pattern in patterns)
        ]

    def _analyze(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        index = self._find_index(name)
        if index.is_closed:
            raise EngineError(400, "index_closed_exception", "closed")
        if index.is_red:
            raise EngineError(503, "no_shard_available_action_exception", "No shard available")
        if self.reloads_itself:
            self.reload()
        definitions = index.analysis.get("filter", {})
        if field := body.get("field"):
            body = {**body, "analyzer": index.mappings["properties"][field]["analyzer"]}
        analyzer = body.get("analyzer")
        if analyzer in BUILT_IN_ANALYZERS:
            filters, rules = ["lowercase"] if analyzer == "standard" else [], {}
        elif analyzer:
            filters, rules = index.analysis["analyzer"][analyzer].get("filter", []), index.rules
        else:
            filters = body.get("filter", [])
            if unknown := [each for each in filters if each not in {*definitions, *BUILT_IN}]:
                raise EngineError(400, "illegal_argument_exception", f"failed to find filter {unknown}")
            rules = {each: self._read(definitions[each]) for each in filters if each in definitions}
        texts = body["text"] if isinstance(body["text"], list) else [body["text"]]
        tokens = [token for text in texts for token in _tokens(text, filters, rules)]
        return {"tokens": [{"token": token, "position": place} for token, place in tokens]}

    def _refresh(self, name: str) -> dict[str, Any]:
        """Reload an index, and answer with 200 also when its file is rejected."""
        index = self.indices[name]
        definitions = index.analysis.get("filter", {})
        updateable = {each for each, definition in definitions.items() if definition.get("updateable")}
        try:
            rules = {each: self._read(definitions[each]) for each in updateable}
        except EngineError:
            rules = {}
        if self.fails_to_refresh or index.is_red or len(rules) < len(updateable):
            return {
                "_shards": {"total": 1, "successful": 0, "failed": 1},
                "successful_refresh_details": [],
            }
        if not index.is_stuck:
            index.rules |= rules
        analyzers = [
            each
            for each, definition in index.analysis.get("analyzer", {}).items()
            if updateable & {*definition.get("filter", [])}
        ]
        return {
            "_shards": {"total": 1, "successful": 1, "failed": 0},
            "successful_refresh_details": [{"index": name, "refreshed_analyzers": analyzers}],
        }

    def _read(self, definition: Mapping[str, Any]) -> list[str]:
        """Return the lines of a filter's file; like the engine, refuse a rule with an empty term."""
        paths = [str(value) for key, value in definition.items() if key.endswith("_path")]
        if not paths:
            return [*map(str, definition.get("synonyms", []))]
        try:
            lines = (self.folder / paths[0]).read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise EngineError(400, "illegal_argument_exception", "file not readable") from error
        if any(not term.strip() for line in lines for term in line.replace("=>", ",").split(",")):
            raise EngineError(400, "illegal_argument_exception", "Failed to build synonyms")
        return lines


def _settings(index: Index) -> dict[str, Any]:
    own: dict[str, Any] = {"analysis": index.analysis}
    if index.is_closed:
        own["verified_before_close"] = "true"
    return {"settings": {"index": own}}


def _tokens(text: str, filters: Sequence[str], rules: Mapping[str, Sequence[str]]) -> list[tuple[str, int]]:
    """The tokens and their positions, in the engine's order: synonyms before the word itself."""
    found = [(word, place) for place, word in enumerate(text.split())]
    for name in filters:
        if name == "lowercase":
            found = [(word.lower(), place) for word, place in found]
        if name in rules:
            found = [(each, place) for word, place in found for each in _expand(word, rules[name])]
    return found


def _expand(word: str, lines: Iterable[str]) -> list[str]:
    outputs: dict[str, None] = {}
    is_kept, is_input = True, False
    for line in lines:
        left, arrow, right = line.partition("=>")
        inputs = [term.strip() for term in left.split(",")]
        if word in inputs:
            is_input, is_kept = True, is_kept and not arrow
            outputs |= dict.fromkeys(term.strip() for term in (right.split(",") if arrow else inputs))
    if not is_input:
        return [word]
    outputs.pop(word, None) if is_kept else None
    return [*outputs, word] if is_kept else [*outputs]
