"""Generate from the code: `python -m docs.generate`.

It updates docs/rules.md, the tables of README and docs between `<!-- table: NAME -->` and `<!-- end -->`, and
the lists of kinds in the schema and in the issue form.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from docs import causes, meanings, rules

from dictionary_deploy.config import parse_all
from dictionary_deploy.config.schema import DICTIONARY, EXPECTATION, TOP_LEVEL
from dictionary_deploy.dictionaries import KINDS
from dictionary_deploy.doctor import iam
from dictionary_deploy.errors import REASONS
from dictionary_deploy.events.decide import AUTO
from dictionary_deploy.model import OUTCOMES, PLANNED_NAMES
from release import compile_schema

ROOT = Path(__file__).resolve().parents[1]
README, PERMISSIONS = ROOT / "README.md", ROOT / "docs" / "permissions.md"
DOCS = ROOT / "docs"
PAGES = (README, DOCS / "configuration.md", DOCS / "troubleshooting.md", DOCS / "operations.md", PERMISSIONS)
SCHEMA = ROOT / "src" / "dictionary_deploy" / "dictionaries.schema.json"
RULES = ROOT / "docs" / "rules.md"
ISSUE_FORM = ROOT / ".github" / "ISSUE_TEMPLATE" / "dictionary.yml"


def filled(markdown: str) -> str:
    """Return `markdown` with every table generated anew. Raises KeyError for an unknown table."""
    return re.sub(
        r"(<!-- table: (\S+) -->\n).*?(<!-- end -->)",
        lambda block: f"{block[1]}{TABLES[block[2]]()}{block[3]}",
        markdown,
        flags=re.DOTALL,
    )


def schema_with_kinds(schema: str) -> str:
    """Return the JSON text with the names and descriptions of all kinds."""
    descriptions = (
        f"`{kind.setting}`: {kind.description}" if kind.setting else kind.description
        for kind in KINDS.values()
    )
    names, texts = (
        json.dumps([*each], indent=2).replace("\n", f"\n{10 * ' '}") for each in (KINDS, descriptions)
    )
    return re.sub(
        r'("kind": \{[^{}]*"enum": )\[[^]]*\](,\s*"enumDescriptions": )\[[^]]*\]',
        lambda found: f"{found[1]}{names}{found[2]}{texts}",
        schema,
    )


def form_with_kinds(form: str) -> str:
    """Return the YAML text with the names of all kinds as options."""
    options = "".join(f"        - {name}\n" for name in KINDS)
    return re.sub(
        r"(id: kind\n.*?options:\n)(?: +- [a-z-]+\n)*",
        lambda found: f"{found[1]}{options}",
        form,
        flags=re.DOTALL,
    )


GENERATED: Mapping[Path, Callable[[str], str]] = {
    **dict.fromkeys(PAGES, filled),
    SCHEMA: schema_with_kinds,
    ISSUE_FORM: form_with_kinds,
    RULES: lambda _: rules.page(KINDS),
    compile_schema.TARGET: lambda _: compile_schema.compiled_schema(),
}
"""Functions that update the text of a file."""


def main() -> int:
    """Update the files; return 0."""
    for path, update in GENERATED.items():
        path.write_text(update(path.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


def _inputs() -> str:
    rows = ((name, _code(each["default"]), each["description"]) for name, each in _action("inputs").items())
    return _table(("input", "default", "meaning"), rows)


def _outputs() -> str:
    rows = ((name, each["description"]) for name, each in _action("outputs").items())
    return _table(("output", "value"), rows)


def _action(section: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))[
        section
    ]
    return found


def _configuration() -> str:
    return _keys(TOP_LEVEL)


def _dictionary() -> str:
    analyzer = {f"analyzer.{name}": key for name, key in DICTIONARY["analyzer"]["properties"].items()}
    expectation = {f"expect.{name}": key for name, key in EXPECTATION.items()}
    return _keys(DICTIONARY | analyzer | expectation)


def _keys(definitions: Mapping[str, Any]) -> str:
    rows = (
        (name, _code(json.dumps(key["default"])) if "default" in key else "", key["description"])
        for name, key in definitions.items()
    )
    return _table(("key", "default", "meaning"), rows)


def _kinds() -> str:
    rows = ((kind.name, _code(kind.setting), kind.description, kind.entries_are) for kind in KINDS.values())
    return _table(("kind", "index setting", "files", "entries"), rows)


def _events() -> str:
    rows = ((_event(name), f"`{mode}`", meaning("EVENTS", name)) for name, mode in AUTO.items())
    return _plain_table(("event", "mode in `auto`", "condition and commit"), rows)


def meaning(table: str, name: str) -> Any:
    """Return the text of a table in docs/meanings.py. Raises SystemExit if it has none."""
    texts = getattr(meanings, table)
    if name not in texts:
        raise SystemExit(f"{table} has no text for `{name}`. Add it to {table} in docs/meanings.py.")
    return texts[name]


def _event(name: str) -> str:
    event, _, action = name.partition(" ")
    return f"`{event}`, {action}" if action else f"`{event}`"


def _outcomes() -> str:
    rows = (
        (
            name,
            f"`{PLANNED_NAMES.get(name, name)}`",
            f"{meaning('OUTCOMES', name)}{' Fails the run.' if name in meanings.FAILING else ''}",
        )
        for name in OUTCOMES
    )
    return _table(("outcome", "in a plan", "meaning"), rows)


def _reasons() -> str:
    return _table(
        ("reason", "what happened", "what to do"), ((name, *meaning("REASONS", name)) for name in REASONS)
    )


def _causes() -> str:
    rows = ([_cell(text) for text in row] for row in causes.rows())
    return _plain_table(("cause", "message", "fix"), rows)


def _cell(text: str) -> str:
    """Return the first paragraph, in which a vertical line does not end the cell."""
    return text.partition("\n")[0].replace("|", "\\|")


def _policy(name: str) -> str:
    """Return a policy for the configuration and the account of the examples."""
    [config] = parse_all((ROOT / "examples" / "dictionaries.yml").read_bytes(), "dictionaries.yml")
    where, server = iam.Where("123456789012", "eu-west-1"), "https://github.com"
    repository = iam.Repository("acme/shop", "123456", "789012")
    shop = replace(config, dictionaries=(replace(config.dictionaries[1], indices=("shop-*",)),))
    claims = iam.deploy_claims(repository, config.branch or "", config.environment)
    policies: dict[str, Callable[[], iam.Policy]] = {
        "deploy": lambda: iam.deploy_policy(config, where),
        "plan": lambda: iam.plan_policy(config, where),
        "trust": lambda: iam.trust_policy(where, server, claims),
        "indices": lambda: {"Version": iam.VERSION, "Statement": iam.indices_statements(shop, where)},
        "bucket": lambda: iam.bucket_policy(config, where, where.role("dictionaries-deploy")),
    }
    return f"```json\n{json.dumps(policies[name](), indent=2)}\n```\n"


TABLES: Mapping[str, Callable[[], str]] = {
    "inputs": _inputs,
    "outputs": _outputs,
    "configuration": _configuration,
    "dictionary": _dictionary,
    "kinds": _kinds,
    "events": _events,
    "outcomes": _outcomes,
    "reasons": _reasons,
    "causes": _causes,
    "deploy-policy": partial(_policy, "deploy"),
    "plan-policy": partial(_policy, "plan"),
    "trust-policy": partial(_policy, "trust"),
    "indices-policy": partial(_policy, "indices"),
    "bucket-policy": partial(_policy, "bucket"),
}
"""Generators by the name in the page; the policies are JSON blocks."""


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose first column holds names, formatted as code."""
    return _plain_table(header, ((_code(name), *cells) for name, *cells in rows))


def _plain_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cell.strip() for cell in line)} |\n" for line in lines)


def _code(value: str) -> str:
    return f"`{value}`" if value else ""


if __name__ == "__main__":
    sys.exit(main())
