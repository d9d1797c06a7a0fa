"""What a line says to the engine, under its options."""

from __future__ import annotations

from collections.abc import Sequence

from dictionary_deploy.dictionaries.analysis import analyze
from dictionary_deploy.dictionaries.kind import Options
from dictionary_deploy.dictionaries.synonyms.parse import is_rule, parse_rule, plain


def keys_of_rule(line: str, options: Options) -> tuple[Sequence[str], Sequence[str] | None] | None:
    """Inputs and outputs as the analyzer leaves them, each once; no outputs are those of equivalents.

    None for a line that says nothing, such as one with one term alone. The same term twice keeps it beside
    what other rules make of it, and so does one alone without `expand`. A rule with a term that is refused is
    refused as a whole, or loses that term when `lenient`.
    """
    if not is_rule(line):
        return None
    rule = parse_rule(line)
    sides = (rule.inputs, rule.outputs) if rule.is_explicit else (rule.inputs,)
    keys = [[analyze(plain(term), options.analyzer).key for term in side] for side in sides]
    inputs, *outputs = ([*filter(None, dict.fromkeys(side))] for side in keys)
    is_refused = not options.lenient and any("" in side for side in keys)
    # Without `expand` all become the first term, and nothing when that one is left out.
    has_lost_first = not rule.is_explicit and not options.expand and keys[0][:1] == [""]
    if rule.arrows > 1 or is_refused or has_lost_first or not inputs or not all(outputs):
        return None
    if outputs or len(inputs) > 1:
        return inputs, outputs[0] if outputs else None
    is_kept = not options.expand or sum(map(bool, keys[0])) > 1
    return (inputs, inputs) if is_kept else None
