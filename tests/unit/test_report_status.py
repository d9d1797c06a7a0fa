"""The state of all packages as lines, as Markdown and as JSON."""

from __future__ import annotations

from dataclasses import replace

from dictionary_deploy.model import DomainPackage, Rollback, Version
from dictionary_deploy.report.status import (
    CommitFacts,
    DictionaryStatus,
    status_lines,
    status_markdown,
    status_values,
)

COMMIT, OLDER = "a" * 40, "b" * 40
FACTS = CommitFacts("Ada", "Add laptops (#7)", 7, "https://github.com/octo/search/pull/7")
VERSION = Version("v2", COMMIT, "2026-01-02T03:04:05.000Z")
DOMAIN = DomainPackage(
    "search-prod", "ACTIVE", "v2", {"LastUpdated": "2026-01-02", "DomainName": "search-prod"}
)
STATUS = DictionaryStatus(
    "",
    "search/synonyms.txt",
    "synonyms",
    "F1",
    "AVAILABLE",
    "v2",
    ((VERSION, FACTS), (Version("v1", "by hand"), CommitFacts())),
    (DOMAIN,),
)


def test_lines_have_the_live_version_and_the_last_versions() -> None:
    assert [
        "search/synonyms.txt -> synonyms (F1)",
        "    Available: v2, since 2026-01-02T03:04:05.000Z, commit aaaaaaaaaaaa, by Ada, pull request #7.",
        "    Live: search-prod (v2 since 2026-01-02).",
        "  * v2 2026-01-02T03:04:05.000Z aaaaaaaaaaaa Ada #7 Add laptops (#7)",
        "    v1 by hand",
    ] == [*status_lines([STATUS])]


def test_lines_have_what_is_not_as_it_should_be() -> None:
    behind = replace(
        STATUS,
        environment="test",
        status="COPYING",
        available="v1",
        domains=(DomainPackage("search-prod", "ASSOCIATING", ""),),
        hold=Rollback("", "", COMMIT, OLDER, "https://run", "2026-01-03"),
        error="The domains are unknown.",
    )

    assert [
        "search/synonyms.txt -> synonyms (F1) (test)",
        "    The domains are unknown.",
        "    The package is COPYING.",
        "    Available: v1, not made from a commit.",
        "    Live: search-prod (no version, ASSOCIATING).",
        "    Held: rolled back from commit aaaaaaaaaaaa to commit bbbbbbbbbbbb, 2026-01-03, https://run.",
    ] == [*status_lines([behind])][:6]


def test_unknown_versions_have_no_details() -> None:
    assert ["    Available: v9.", "    Live: on no domain."] == [
        *status_lines([replace(STATUS, available="v9", versions=(), domains=())])
    ][1:]
    assert ["a.txt -> b"] == [*status_lines([DictionaryStatus("", "a.txt", "b")])]
    hold = Rollback("", "", "", OLDER)
    assert "    Held: rolled back to commit bbbbbbbbbbbb." in [*status_lines([replace(STATUS, hold=hold)])]


def test_markdown_links_pull_requests_and_redacts_accounts() -> None:
    said = Version("v3", "123456789012 | [x](y)")
    markdown = status_markdown(
        [replace(STATUS, environment="test", versions=((said, CommitFacts()), *STATUS.versions))]
    )

    assert markdown.startswith("### `search/synonyms.txt` → `synonyms` (test)\n")
    assert "(https://github.com/octo/search/pull/7)" in markdown
    assert "123456789012" not in markdown
    assert "[x](y)" not in markdown.replace("<code>", "")
    assert "| Version |" not in status_markdown([DictionaryStatus("", "a.txt", "b", error="Unknown.")])


def test_values_have_versions_domains_and_holds() -> None:
    hold = Rollback("", "", COMMIT, OLDER, "https://run", "2026-01-03")
    [value] = status_values([replace(STATUS, hold=hold)])

    assert ("v2", "F1", [dict(DOMAIN.details)]) == (value["version"], value["package_id"], value["domains"])
    assert (COMMIT, "Ada", 7) == tuple(
        value["versions"][0][name] for name in ("commit", "author", "pull_request")
    )
    assert ("", "by hand") == (value["versions"][1]["commit"], value["versions"][1]["commit_message"])
    assert OLDER == value["hold"]["to_commit"]
    assert status_values([STATUS])[0]["hold"] is None
