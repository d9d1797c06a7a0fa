"""Ask Lucene through AskLucene.java."""

from __future__ import annotations

import base64
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from types import TracebackType
from typing import Any, Self

from dictionary_deploy.dictionaries import Options
from dictionary_deploy.dictionaries.lucene.stop_lists import resolve_stopwords
from dictionary_deploy.model import Analyzer

JARS = Path("/usr/share/java")
PROGRAM = Path(__file__).with_name("AskLucene.java")
NEEDED = ("core", "analyzers-common", "analyzers-kuromoji", "analyzers-nori")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The engine's result for a file: its rules, or the line and message of the rejection."""

    accepted: bool
    rules: tuple[Any, ...] = ()
    line: int | None = None
    """None if the engine reports no line, as for bytes that are not UTF-8."""
    message: str = ""


def class_path() -> str | None:
    """Return Lucene's class path; None if it or Java is missing: `tests/lucene/prepare` installs them."""
    found = [sorted(JARS.glob(f"lucene-{name}-8*.jar")) for name in NEEDED]
    return ":".join(str(jars[-1]) for jars in found) if all(found) and which("java") else None


class Lucene:
    """A process with Lucene, which ends with the context."""

    def __init__(self) -> None:
        jars = class_path()
        if jars is None:
            raise FileNotFoundError("Lucene is not installed. Run tests/lucene/prepare.")
        command = ["java", "-cp", jars, str(PROGRAM)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def judge(self, kind: str, data: bytes, options: Options) -> Verdict:
        """Return the engine's result for a file."""
        answer = self._answer(kind, data, _fields(options))
        return Verdict(**{**answer, "rules": tuple(answer.get("rules", ()))})

    def tokens(self, text: str, analyzer: Analyzer) -> list[tuple[str, int]]:
        """Return the tokens of a text with their position increments."""
        answer = self._answer("tokens", text.encode(), _fields(Options(analyzer=analyzer)))
        return [(token, increment) for token, increment in answer["rules"]]

    def seconds(self, data: bytes, rounds: int) -> list[float]:
        """Return the processor seconds of each round of parsing Solr synonyms and building their map.

        The first rounds warm up the JVM. Its other threads, such as the garbage collector's, are not counted.
        """
        return list(self._answer("time", data, {"rounds": str(rounds)})["rules"])

    def _answer(self, kind: str, data: bytes, fields: dict[str, str]) -> dict[str, Any]:
        request = {"kind": kind, **fields, "data": base64.b64encode(data).decode()}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\t".join(f"{name}={value}" for name, value in request.items()) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


def _fields(options: Options) -> dict[str, str]:
    analyzer = options.analyzer
    return {
        "engine": "new" if options.engine.comments_after_trimming else "old",
        "comments": str(options.engine.comments_in_mappings).lower(),
        "hash-rules": str(options.engine.has_hash_rules).lower(),
        "expand": str(options.expand).lower(),
        "lenient": str(options.lenient).lower(),
        "tokenizer": analyzer.tokenizer,
        "lowercase": str(analyzer.lowercase).lower(),
        "stopwords": base64.b64encode(
            "\n".join(sorted(resolve_stopwords(analyzer.stopwords))).encode()
        ).decode(),
    }
