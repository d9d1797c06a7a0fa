"""Report phrases that the style guide replaces: `python tools/check_prose.py FILE…`.

Prints `file:line:column: "phrase": write …` for each and exits with 1 if there is one. Skips inline code. In
a Python file it checks only comments and strings. A phrase may span two lines.
"""

from __future__ import annotations

import io
import re
import sys
import tokenize
from collections.abc import Iterator, Sequence
from pathlib import Path

REPLACEMENTS = {
    r"(the|as) truth": "source of truth",
    r"mend(s|ed|ing)?": "fix",
    r"minds?|minded": "flag, check",
    r"tak(e|es|en|ing) on (a|the|this|these) roles?": "assume a role",
    r"come and go": "are added and removed",
    r"(is|are|was|were|be) told|tells? of": "is reported, reports",
    r"(this|that|the) very": "the same",
    r"in force": "active",
    r"small letters?": "lowercase",
    r"white space": "whitespace",
    r"(when|if) it is meant": "if this is intentional",
    r"go(es)? on from (there|it)": "picks up where it left off",
    r"since when": "for how long",
    r"la(y|ys|id|ying) over": "override",
    r"(bring|brings|brought|bringing) up to date": "update",
    r"(bring|brings|bringing) .{1,30} to the domains?": "associate with the domain",
    r"replace the top level": "override the top level",
    r"now v[0-9]+": "currently v2",
    r"[0-9]+ to (add|remove)": "added, removed",
    r"is well": "succeeded",
    r"of anything else nothing": "empty for other nodes",
    r"would go to": "would be deployed to",
    r"(is|are|on) (?-i:none)( of)?": "missing, not on",
    r"live everywhere": "active on all domains",
    r"closed and opened|close and open": "reopened, reopen",
    r"in all then": "after the merge",
    r"no room for": "limit reached",
    r"the time( of the run)? (is|was) over": "timed out",
    r"near it:": "did you mean",
    r"leads? out of": "is a link to a path outside",
    r"moved past": "has changed on the branch since",
    r"makes? no sense": "malformed",
    r"what came of": "the result of",
    r"of (very )?many .{1,30} the first": "the first",
    r"whoever|somebody|nobody|everybody|strangers?": "the user, another run, someone else",
    r"nothing but|no other than": "only",
    r"look-ups?": "lookup",
}
PHRASES = {  # "#" between two words: a comment that continues on the next line
    re.compile(r"\b(?:" + phrase.replace(" ", r"[\s#]+") + r")(?!\w)", re.IGNORECASE): words
    for phrase, words in REPLACEMENTS.items()
}
INLINE_CODE = re.compile(r"(?<!`)`[^`\n]+`(?!`)")


def findings(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Yield line, column, phrase and replacement, in the order of the text."""
    prose = INLINE_CODE.sub(lambda code: " " * len(code[0]), text)
    found = ((match, words) for phrase, words in PHRASES.items() for match in phrase.finditer(prose))
    for match, words in sorted(found, key=lambda each: each[0].start()):
        start = match.start()
        column = start - prose.rfind("\n", 0, start)
        yield prose.count("\n", 0, start) + 1, column, " ".join(match[0].split()), words


def python_prose(source: str) -> str:
    """Return the source with everything blanked except comments and strings, which keep their places."""
    lines = [" " * len(line) for line in source.split("\n")]
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT or tokenize.tok_name[token.type] in {"STRING", "FSTRING_MIDDLE"}:
            row, column = token.start
            for number, text in enumerate(token.string.split("\n"), start=row - 1):
                start = column if number == row - 1 else 0
                lines[number] = f"{lines[number][:start]}{text}{lines[number][start + len(text) :]}"
    return "\n".join(lines)


def prose(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return python_prose(text) if path.suffix == ".py" else text


def main(paths: Sequence[str]) -> int:
    """Print the findings in all files; return the exit status."""
    lines = [
        f'{path}:{line}:{column}: "{phrase}": write {words}\n'
        for path in paths
        for line, column, phrase, words in findings(prose(Path(path)))
    ]
    sys.stdout.writelines(lines)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
