"""Request verdicts about dictionaries and tokens of texts from a node, without an index."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from dictionary_deploy.dictionaries import KINDS, Options
from dictionary_deploy.dictionaries.lucene.stop_lists import resolve_stopwords
from tests.engines.node import Node, running_node

PACKAGE = "F1"

Chain = dict[str, Any]
"""A tokenizer, filters and character filters: the body of an `_analyze` request."""

KEYWORD_FILTERS: Mapping[str, Mapping[str, Any]] = {
    "stopwords": {"type": "stop"},
    "keep-words": {"type": "keep"},
    "protected-words": {"type": "word_delimiter_graph"},
    "keywords": {"type": "keyword_marker"},
    "articles": {"type": "elision"},
    "common-words": {"type": "common_grams"},
    "decompounder-words": {"type": "dictionary_decompounder"},
    "hyphenation-patterns": {"type": "hyphenation_decompounder", "word_list": ["a"]},
    "stemmer-override": {"type": "stemmer_override"},
    "word-delimiter-types": {"type": "word_delimiter_graph"},
}
"""Filters after a keyword tokenizer, without the setting that names the file."""
USER_DICTIONARIES = {
    "kuromoji-user-dictionary": "kuromoji_tokenizer",
    "nori-user-dictionary": "nori_tokenizer",
}
"""Tokenizers of plugins, which not every node has."""
GOOD = {
    "hyphenation-patterns": b"<hyphenation-info/>",
    "word-delimiter-types": b"$ => DIGIT",
}
"""Files that each engine accepts, where it rejects an empty one."""
JUDGED = ("synonyms", "wordnet-synonyms", "char-mappings", *KEYWORD_FILTERS, *USER_DICTIONARIES)


@dataclass(frozen=True, slots=True)
class Token:
    """A token with the positions at which it starts and ends."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The tokens of a text, or the reasons of the rejection, from the outermost."""

    tokens: tuple[Token, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def is_accepted(self) -> bool:
        """True if the engine accepts the dictionary."""
        return not self.reasons


def chain(kind: str, options: Options) -> Chain:
    """Return the analyzer in which a dictionary of this kind is used."""
    setting = {KINDS[kind].setting: f"analyzers/{PACKAGE}"}
    if kind in USER_DICTIONARIES:
        return {"tokenizer": {"type": USER_DICTIONARIES[kind], **setting}}
    if kind == "char-mappings":
        return {"tokenizer": "keyword", "char_filter": [{"type": "mapping", **setting}]}
    if kind in KEYWORD_FILTERS:
        return {"tokenizer": "keyword", "filter": [{**KEYWORD_FILTERS[kind], **setting}]}
    analyzer = options.analyzer
    filters: list[Any] = ["lowercase"] if analyzer.lowercase else []
    if analyzer.stopwords:
        filters.append({"type": "stop", "stopwords": sorted(resolve_stopwords(analyzer.stopwords))})
    synonyms = {"expand": options.expand, "lenient": options.lenient, **setting}
    if kind == "wordnet-synonyms":
        synonyms["format"] = "wordnet"
    return {
        "tokenizer": analyzer.tokenizer,
        "filter": [*filters, {"type": "synonym_graph" if options.is_graph else "synonym", **synonyms}],
    }


class Judge:
    """A node that reads dictionaries, over one connection."""

    def __init__(self, node: Node, connection: HTTPConnection) -> None:
        self.node = node
        self._connection = connection

    def put(self, data: bytes) -> None:
        """Replace the dictionary that the next request reads."""
        (self.node.analyzers / PACKAGE).write_bytes(data)

    def analyze(self, analyzer: Chain, text: str = "x") -> Answer:
        """Return the tokens of a text, by an analyzer that the node builds for this request."""
        headers = {"Content-Type": "application/json"}
        body = json.dumps({**analyzer, "text": text})
        try:
            self._connection.request("POST", "/_analyze", body, headers)
            response = self._connection.getresponse()
            answer = json.loads(response.read())
        except BaseException:
            self._connection.close()  # the next request opens it again
            raise
        if response.status >= 400:
            return Answer(reasons=(*_reasons(answer["error"]),))
        return Answer((*map(_token, answer["tokens"]),))

    def reads(self, kind: str) -> bool:
        """Return True if the node has the filter or tokenizer of the kind."""
        if kind not in JUDGED:
            return False
        answer = self.verdict(kind, GOOD.get(kind, b""), Options())
        if not answer.is_accepted and "failed to find global tokenizer" not in answer.reasons[0]:
            raise RuntimeError(f"{self.node.version} rejects a correct file of {kind}: {answer.reasons}")
        return answer.is_accepted

    def verdict(self, kind: str, data: bytes, options: Options) -> Answer:
        """Return the answer to a short text, to see if the node accepts it."""
        self.put(data)
        return self.analyze(chain(kind, options))


@contextmanager
def running_judge(version: str) -> Iterator[Judge]:
    """Run a node and connect to it. Raises EngineUnavailable."""
    with running_node(version) as node:
        address = urlsplit(node.url)
        connection = HTTPConnection(str(address.hostname), address.port, timeout=60)
        try:
            yield Judge(node, connection)
        finally:
            connection.close()


def _token(token: Mapping[str, Any]) -> Token:
    start = token["position"]
    return Token(token["token"], start, start + token.get("positionLength", 1))


def _reasons(error: Mapping[str, Any] | None) -> Iterator[str]:
    while error:
        yield f"{error['type']}: {error.get('reason')}"
        error = error.get("caused_by")
