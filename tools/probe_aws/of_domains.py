"""The questions about domains: they use 1 or 2 of the user's domains, and packages of our own."""

from __future__ import annotations

from collections.abc import Sequence

from botocore.exceptions import ClientError

from tools.probe_aws.answers import Answers
from tools.probe_aws.of_packages import available
from tools.probe_aws.stage import Stage, code_of, message_of

IN_CHANGE = "in progress"
OF_DOMAINS = ("associate_seconds", "associate_while_copying", "simultaneous_associations")
CHANGING = "change_is_conflict"


def ask_of_domains(stage: Stage, answers: Answers, package_id: str, domains: Sequence[str]) -> None:
    """Ask all questions except the one about a domain in change."""
    if not domains:
        for switch in OF_DOMAINS:
            answers.leave(switch, "It takes a domain: name one or two with LIVE_DOMAINS=a,b.")
        return
    ask_about_an_association(stage, answers, package_id, domains[0])
    ask_about_an_association_during_a_copy(stage, answers, package_id, domains[0])
    ask_about_two_at_once(stage, answers, package_id, domains)


def ask_about_an_association(stage: Stage, answers: Answers, package_id: str, domain: str) -> None:
    began, shown = stage.now(), []
    if error := stage.associate(package_id, domain):
        answers.leave("associate_seconds", message_of(error))
        return
    blue_green = False
    for _ in stage.looks():
        found = stage.associations(package_id).get(domain, {})
        shown.append(f"{found.get('PackageVersion', 'no version')} {found.get('DomainPackageStatus')}")
        blue_green = blue_green or is_processing(stage, domain)
        if not str(found.get("DomainPackageStatus")).endswith("ING"):
            break
    took = stage.now() - began
    answers.settle("associate_seconds", round(took, 1), f"It showed {', '.join(dict.fromkeys(shown))}.")
    answers.facts.append(f"Processing of the domain meanwhile was {str(blue_green).lower()}.")
    again = stage.associate(package_id, domain)
    answers.facts.append(f"Associating the active version: {message_of(again) if again else 'AWS took it'}.")
    stage.settle_domains(package_id)


def is_processing(stage: Stage, domain: str) -> bool:
    """Return True if the domain is in change; False without permission to read it."""
    api = stage.packages_api
    is_es = hasattr(api, "describe_elasticsearch_domain")
    describe = api.describe_elasticsearch_domain if is_es else api.describe_domain
    try:
        return bool(describe(DomainName=domain)["DomainStatus"].get("Processing"))
    except ClientError:
        return False


def ask_about_an_association_during_a_copy(
    stage: Stage, answers: Answers, package_id: str, domain: str
) -> None:
    switch = "associate_while_copying"
    before = available(stage.details(package_id))
    stage.update(package_id, stage.put("during.txt", "during, a copy\n"), "during")
    status = stage.details(package_id).get("PackageStatus")
    error = stage.associate(package_id, domain)
    stage.settle(package_id)
    in_force = str(stage.settle_domains(package_id).get(domain, {}).get("PackageVersion"))
    if status != "COPYING":
        answers.leave(switch, f"The package was {status} already.")
    elif error:
        answers.settle(switch, "refuse", message_of(error))
    elif in_force == before:
        answers.settle(switch, "old-version", f"{in_force} is active.")
    else:
        answers.leave(
            switch, f"The domain got {in_force}, before it was {before}: neither of the two answers."
        )


def ask_about_two_at_once(stage: Stage, answers: Answers, package_id: str, domains: Sequence[str]) -> None:
    """Associate two packages with one domain, then one package with two domains."""
    switch = "simultaneous_associations"
    other = stage.create("b")
    stage.settle(other)
    _renew(stage, package_id)
    refusal = stage.associate(package_id, domains[0]) or stage.associate(other, domains[0])
    stage.settle_domains(package_id)
    stage.settle_domains(other)
    if refusal:
        answers.settle(switch, "one-per-domain", message_of(refusal))
        return
    if len(domains) == 1:
        answers.leave(
            switch, "Two packages on one domain are taken; for one package on two name two domains."
        )
        return
    _renew(stage, package_id)
    refusal = stage.associate(package_id, domains[0]) or stage.associate(package_id, domains[1])
    stage.settle_domains(package_id)
    answers.settle(
        switch, "one-per-package" if refusal else "allowed", message_of(refusal) if refusal else ""
    )


def _renew(stage: Stage, package_id: str) -> None:
    """Create a version that no domain has."""
    stage.update(package_id, stage.put("newer.txt", f"newer, {stage.now()}\n"), "newer")
    stage.settle(package_id)


def ask_about_a_domain_in_change(stage: Stage, answers: Answers, package_id: str, domain: str) -> None:
    """Record AWS's error for a domain that the user has just started to change."""
    if not domain:
        answers.leave(CHANGING, "It takes a domain that is just in change: name one with LIVE_CHANGING=a.")
        return
    error = stage.associate(package_id, domain)
    if error is None:
        answers.leave(CHANGING, f"{domain} took the package: it is not in change, or AWS allows it.")
    elif IN_CHANGE in message_of(error):
        answers.settle(CHANGING, code_of(error) == "ConflictException", message_of(error))
    else:
        answers.leave(CHANGING, message_of(error))
