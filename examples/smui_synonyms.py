"""Prints the synonyms of a Querqy rules.txt, as SMUI writes it, in Solr's format.

Querqy adds a rule's synonyms to the words that it is about, so each rule becomes a mapping that keeps them.
What no synonym filter can do is left out and named on standard error: inputs in quotes or with `*`, fields,
weights, and all instructions but SYNONYM.
"""

import re
import sys
from pathlib import Path


def term(text: str) -> str:
    """The words of a rule, escaped for a file of synonyms."""
    words = " ".join(text.split())
    return re.sub(r"[\\,]|=>|#", lambda special: f"\\{special[0]}", words)


def synonyms(rules: str) -> tuple[list[str], list[str]]:
    """The mappings, and what was left out, by the numbers of the lines."""
    mappings: dict[str, list[str]] = {}
    left_out, words, in_properties = [], "", False
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
                left_out.append(f"{number}: {line}")
                words = ""
        elif synonym and words and not re.search(r'["*/]|^\S+:\S', synonym["text"].strip()):
            if synonym["weight"]:
                left_out.append(f"{number}: the weight of {line}")
            mappings.setdefault(term(words), [term(words)]).append(term(synonym["text"]))
        elif words or synonym:
            left_out.append(f"{number}: {line}")
    lines = [f"{words} => {', '.join(dict.fromkeys(targets))}" for words, targets in mappings.items()]
    return lines, left_out


if __name__ == "__main__":
    made, not_made = synonyms(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.stdout.write("".join(f"{line}\n" for line in made))
    sys.stderr.write("".join(f"left out, line {each}\n" for each in not_made))
