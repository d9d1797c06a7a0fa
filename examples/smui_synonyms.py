"""Print the synonyms of a Querqy rules.txt, as SMUI writes it, in Solr's format.

Querqy adds synonyms to the input, so each rule becomes a mapping that keeps the input. Rules that a synonym
filter cannot express are skipped and logged to standard error: inputs in quotes or with `*`, fields, weights
and all instructions except SYNONYM.
"""

import re
import sys
from pathlib import Path


def term(text: str) -> str:
    """Return a rule's words, escaped for a synonyms file."""
    words = " ".join(text.split())
    return re.sub(r"[\\,]|=>|#", lambda special: f"\\{special[0]}", words)


def synonyms(rules: str) -> tuple[list[str], list[str]]:
    """Return the mappings and the skipped lines with their numbers."""
    mappings: dict[str, list[str]] = {}
    skipped, words, in_properties = [], "", False
    for number, raw in enumerate(rules.splitlines(), start=1):
        line = raw.strip()
        if in_properties or line.startswith("@"):  # properties, such as @{ "_log": … }@
            in_properties = (in_properties or line.startswith("@{")) and not line.endswith("}@")
            continue
        synonym = re.fullmatch(r"SYNONYM(?:\((?P<weight>[^)]*)\))?:(?P<text>.+)", line)
        if not line or line.startswith("#"):
            continue
        if line.endswith("=>"):
            words = line.removesuffix("=>").strip()
            if re.search(r'["*/\[\]{}|]', words):
                skipped.append(f"{number}: {line}")
                words = ""
        elif synonym and words and not re.search(r'["*/]|^\S+:\S', synonym["text"].strip()):
            if synonym["weight"]:
                skipped.append(f"{number}: the weight of {line}")
            mappings.setdefault(term(words), [term(words)]).append(term(synonym["text"]))
        elif words or synonym:
            skipped.append(f"{number}: {line}")
    lines = [f"{words} => {', '.join(dict.fromkeys(targets))}" for words, targets in mappings.items()]
    return lines, skipped


if __name__ == "__main__":
    mappings, skipped = synonyms(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.stdout.write("".join(f"{line}\n" for line in mappings))
    sys.stderr.write("".join(f"skipped line {each}\n" for each in skipped))
