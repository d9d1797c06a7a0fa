"""A result of a package on two domains, for the tests of the report."""

from __future__ import annotations

from typing import Any

from dictionary_deploy.model import Dictionary, DomainPackage, Domains, Outcome, Package, Result

PACKAGE = Package("F1", "product-synonyms", "AVAILABLE", "v4")
LIVE = DomainPackage("search-a", "ACTIVE", "v4")
BEHIND = DomainPackage("search-b", "ACTIVE", "v3")


def result(
    outcome: Outcome = "updated", wanted: Domains = "associated", kind: str = "synonyms", **members: Any
) -> Result:
    given = {"package": PACKAGE} | members
    return Result(Dictionary("a.txt", "product-synonyms", kind, wanted), outcome, "", **given)
