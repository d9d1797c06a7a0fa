"""Run `make live`: create a stage, ask all questions, and delete the stage."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from botocore.exceptions import BotoCoreError, ClientError

from tools.probe_aws.answers import Answers
from tools.probe_aws.of_domains import ask_about_a_domain_in_change, ask_of_domains
from tools.probe_aws.of_packages import ask_of_packages
from tools.probe_aws.stage import PatienceError, Stage


def ask(
    stage: Stage,
    arn: str,
    domains: Sequence[str] = (),
    changing: str = "",
    shield: Callable[[], None] = lambda: None,
) -> tuple[Answers, list[str]]:
    """Return the answers, and sentences about what could not be deleted.

    `arn` is the caller's, `changing` a domain that is in change. From `shield` on no KeyboardInterrupt
    may come: what was made is taken away then.
    """
    answers = Answers()
    try:
        stage.open()
        package_id = stage.create("a")
        ask_of_packages(stage, answers, package_id, arn)
        ask_of_domains(stage, answers, package_id, domains)
        ask_about_a_domain_in_change(stage, answers, package_id, changing)
    except (ClientError, BotoCoreError, PatienceError) as error:
        answers.facts.append(f"It ended early, with the rest not asked: {error}")
    except KeyboardInterrupt:
        answers.facts.append("It was interrupted, with the rest not asked.")
    finally:
        shield()
        stage.say("Taking away what was made. Please do not stop this.")
        leftovers = stage.close()
    return answers, leftovers
