"""Find packages that environments of one configuration share, and exclude each other's domains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations

from dictionary_deploy.model import Config


def separate_environments(configs: Mapping[str, Config]) -> dict[str, Config]:
    """Return the configurations; `domains: associated` excludes the domains of other environments.

    Two environments may be one account: a package that both name is then the same, and so are the domains
    that it is associated with. Two that both say `associated` get a warning.
    """
    warnings = tuple(_warnings(configs))
    return {
        name: replace(
            _without_domains_of(configs, config),
            warnings=tuple(warning for pair, warning in warnings if name in pair),
        )
        for name, config in configs.items()
    }


def _warnings(configs: Mapping[str, Config]) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield two environments that may update each other's domains, and a sentence about them."""
    for one, other in combinations(configs.values(), 2):
        if _are_apart(one, other):
            continue
        names = one.environment, other.environment
        for package in _associated_packages(one):
            if package in _associated_packages(other):
                warning = (
                    f"The environments {' and '.join(names)} both deploy {package} with"
                    " `domains: associated`: in one account and Region, each deploys to the other's domains."
                    " List the domains of each, or set `region` or `expected-bucket-owner` if they are apart."
                )
                yield names, warning


def _without_domains_of(configs: Mapping[str, Config], config: Config) -> Config:
    others = [other for other in configs.values() if other is not config and not _are_apart(config, other)]
    dictionaries = tuple(
        replace(each, left_out=tuple(_named_by(others, each.package)))
        if each.domains == "associated"
        else each
        for each in config.dictionaries
    )
    return replace(config, dictionaries=dictionaries)


def _named_by(others: list[Config], package: str) -> Iterator[tuple[str, str]]:
    """Yield each domain that other environments list for the package, and the first of them."""
    found: dict[str, str] = {}
    for other in others:
        for dictionary in other.dictionaries:
            if dictionary.package == package and isinstance(dictionary.domains, tuple):
                for domain in dictionary.domains:
                    found.setdefault(domain, other.environment)
    yield from found.items()


def _are_apart(one: Config, other: Config) -> bool:
    """Return True if the environments are known to have different accounts or Regions."""
    return _differ(one.region, other.region) or _differ(
        one.expected_bucket_owner, other.expected_bucket_owner
    )


def _differ(one: str | None, other: str | None) -> bool:
    return bool(one and other) and one != other


def _associated_packages(config: Config) -> list[str]:
    return [each.package for each in config.dictionaries if each.domains == "associated"]
