"""Print an engine's verdict about a file: `python -m tests.engines.check FILE KIND [name=value...]`.

Names: version (a version of versions.toml), text (print its tokens), expand, lenient, tokenizer, lowercase,
stopwords.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from dictionary_deploy.dictionaries import Options
from dictionary_deploy.model import Analyzer
from tests.engines.jars import EngineUnavailable, pins
from tests.engines.judge import JUDGED, chain, running_judge

DEFAULT_VERSION = "3.9.0"
NAMES = {"version", "text", "expand", "lenient", "tokenizer", "lowercase", "stopwords"}


def main(arguments: list[str]) -> int:
    """Return 0 if the engine accepts the file, 1 if it rejects it and 2 if it did not run."""
    given = dict(each.partition("=")[::2] for each in arguments[2:])
    if len(arguments) < 2 or not arguments[0] or set(given) - NAMES:
        print(__doc__, file=sys.stderr)
        return 2
    file, kind = arguments[:2]
    version = given.get("version") or DEFAULT_VERSION
    if kind not in JUDGED:
        print(f"No engine here reads {kind or 'a file without a kind'}: {', '.join(JUDGED)}", file=sys.stderr)
        return 2
    if version not in pins():
        print(f"Version {version} is unknown. Known: {', '.join(pins())}", file=sys.stderr)
        return 2
    if not Path(file).is_file():
        print(f"File {file} not found.", file=sys.stderr)
        return 2
    try:
        return _check(Path(file), kind, version, given)
    except EngineUnavailable as missing:
        print(missing, file=sys.stderr)
        return 2


def _check(file: Path, kind: str, version: str, given: Mapping[str, str]) -> int:
    data, options = file.read_bytes(), _options(given)
    with running_judge(version) as judge:
        if not judge.reads(kind):
            print(f"{version} has no tokenizer for {kind} here.", file=sys.stderr)
            return 2
        before = judge.node.log.stat().st_size
        answer = judge.verdict(kind, data, options)
        if answer.is_accepted and given.get("text"):
            answer = judge.analyze(chain(kind, options), given["text"])
            for token in answer.tokens:
                print(f"{token.start} to {token.end}: {token.text}")
        logged = judge.node.log.read_bytes()[before:].decode("utf-8", "replace")
    if answer.is_accepted:
        print(f"{version} accepts the file.")
        return 0
    print("\n".join((f"{version} rejects the file.", *answer.reasons, *_causes(logged))))
    return 1


def _causes(log: str) -> Iterator[str]:
    """Yield the causes of a rejection from a node's log: those of synonyms are only there."""
    yield from (line for line in log.splitlines() if re.match(r"(Caused by: )?java\.[\w.$]+: ", line))


def _options(given: Mapping[str, str]) -> Options:
    analyzer = Analyzer(
        tokenizer=given.get("tokenizer", "whitespace"),
        lowercase=given.get("lowercase") == "true",
        stopwords=frozenset(filter(None, given.get("stopwords", "").split(","))),
    )
    return Options(
        analyzer=analyzer, expand=given.get("expand") != "false", lenient=given.get("lenient") == "true"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
