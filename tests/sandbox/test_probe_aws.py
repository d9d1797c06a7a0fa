"""`make live` against the local AWS with both values of every switch: it detects the active one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from tools.probe_aws.answers import NOT_ASKED, QUESTIONS, Answers
from tools.probe_aws.asking import ask
from tools.probe_aws.stage import Stage, principal_of

from sandbox.aws.app import LocalAws
from sandbox.aws.switches import Switches
from sandbox.server import serve

pytestmark = pytest.mark.slow  # a maintainer's tool

ROOT = Path(__file__).parents[2]
REGION = "eu-west-1"
ACCOUNT = "123456789012"
SESSION = boto3.Session("AKIAIOSFODNN7EXAMPLE", "secret", region_name=REGION)
ARN = f"arn:aws:iam::{ACCOUNT}:user/ada"
DOMAINS = ("search-a", "search-b")
CHANGING = "search-c"
SLOW = Switches(copy_seconds=4.0, associate_seconds=4.0)
"""Seconds of a copy, long enough to be observed by one read per second."""

OTHERS: dict[str, tuple[Any, ...]] = {
    "validating": (True,),
    "version_while_copying": ("new",),
    "update_while_copying": ("queue",),
    "history_entry": ("call",),
    "history_order": ("oldest",),
    "failed_copy_in_history": (True,),
    "identical_content": ("same-version",),
    "unknown_package": ("not-found", "empty"),
    "wildcard_filters": (False,),
    "missing_read_right": ("call",),
    "associate_while_copying": ("refuse",),
    "simultaneous_associations": ("one-per-domain", "one-per-package"),
    "change_is_conflict": (True,),
    "page_size": (2,),
    "supplied_packages": (0, 7),
}
"""All values but the default, for each switch that is not a duration."""
SINGLE = [{name: value} for name, values in OTHERS.items() for value in values]
ALL = {name: values[-1] for name, values in OTHERS.items()}
DURATIONS = {"copy_seconds": 1.0, "associate_seconds": 1.0, "history_seconds": 2.0}
"""Tolerance of measured seconds: reads are a second apart."""


class Time:
    """Time that passes only during waits."""

    def __init__(self) -> None:
        self.seconds = 1_700_000_000.0

    def now(self) -> float:
        return self.seconds

    def wait(self, seconds: float) -> None:
        self.seconds += seconds


class Scene:
    """The local AWS with domains, and a stage on it; `said` is its output."""

    def __init__(self, aws: LocalAws, url: str, time: Time) -> None:
        self.aws, self.url, self.time = aws, url, time
        self.said: list[str] = []
        self.es, self.s3 = (self.client(name) for name in ("es", "s3"))
        for domain in (*DOMAINS, CHANGING):
            self.es.create_elasticsearch_domain(DomainName=domain)

    def client(self, service: str) -> Any:
        return SESSION.client(
            service,  # type: ignore[call-overload] # the stubs know each service by its literal name
            endpoint_url=self.url,
            config=Config(retries={"total_max_attempts": 1}),
        )

    def stage(self, service: str = "es") -> Stage:
        return Stage(
            packages_api=self.client(service),
            s3=self.s3,
            region=REGION,
            run="0123abcd",
            now=self.time.now,
            pause=self.time.wait,
            say=self.said.append,
        )

    def ask(self, switches: Switches, **more: Any) -> Answers:
        """Ask all questions and return the answers; assert that nothing is left."""
        self.aws.switches = switches
        self.aws.failures.change_domain(CHANGING)
        given = {"domains": DOMAINS, "changing": CHANGING, **more}
        answers, left = ask(self.stage(), ARN, **given)
        assert [] == left
        assert self.is_empty
        return answers

    @property
    def is_empty(self) -> bool:
        listed = self.es.describe_packages()["PackageDetailsList"]
        return not self.s3.list_buckets()["Buckets"] and all(each["PackageID"][0] == "G" for each in listed)


@pytest.fixture
def scene() -> Iterator[Scene]:
    time = Time()
    aws = LocalAws(SLOW, time.now)
    with serve(aws) as url:
        yield Scene(aws, url, time)


def test_every_switch_is_probed_or_listed_as_not_probed() -> None:
    assert {each.name for each in fields(Switches)} == QUESTIONS.keys() | NOT_ASKED.keys()
    assert set(QUESTIONS) == OTHERS.keys() | DURATIONS.keys()


@pytest.mark.parametrize("changes", [{}, ALL, *SINGLE], ids=str)
def test_probe_detects_the_switches_of_the_local_aws(scene: Scene, changes: dict[str, Any]) -> None:
    switches = SLOW.override(changes)

    answers = scene.ask(switches)

    expected = {name: getattr(switches, name) for name in QUESTIONS if name not in DURATIONS}
    if "page_size" not in changes:
        del expected["page_size"]  # all that is listed fits on one page
    settled = {name: value for name, value in answers.values.items() if name not in DURATIONS}
    assert expected == settled, "\n".join(answers.lines())
    wrong = {
        name: answers.values.get(name)
        for name, most in DURATIONS.items()
        if abs(answers.values.get(name, 1e9) - getattr(switches, name)) > most
    }
    assert {} == wrong, "\n".join(answers.lines())


@pytest.mark.slow
def test_late_history_is_measured(scene: Scene) -> None:
    answers = scene.ask(SLOW.override({"history_seconds": 9}))

    assert "copied" == answers.values["history_entry"]
    assert abs(answers.values["history_seconds"] - 9) <= DURATIONS["history_seconds"]


def test_without_domains_their_questions_stay_open(scene: Scene) -> None:
    answers = scene.ask(SLOW, domains=(), changing="")

    open_questions = {"associate_seconds", "associate_while_copying", "simultaneous_associations"}
    assert open_questions | {"change_is_conflict", "page_size"} == QUESTIONS.keys() - answers.values.keys()
    assert "LIVE_DOMAINS" in answers.reasons["associate_seconds"]
    assert "LIVE_CHANGING" in answers.reasons["change_is_conflict"]


@pytest.mark.slow
def test_with_one_domain_only_the_two_domain_question_stays_open(scene: Scene) -> None:
    answers = scene.ask(SLOW, domains=DOMAINS[:1])

    assert "simultaneous_associations" not in answers.values
    assert "name two domains" in answers.reasons["simultaneous_associations"]


def test_copy_too_quick_to_observe_leaves_questions_open(scene: Scene) -> None:
    answers = scene.ask(Switches(copy_seconds=0, associate_seconds=0))

    assert {
        "validating",
        "version_while_copying",
        "update_while_copying",
        "associate_while_copying",
    }.isdisjoint(answers.values)


@pytest.mark.slow
def test_other_api_is_probed_too(scene: Scene) -> None:
    scene.aws.switches = SLOW

    answers, left = ask(scene.stage("opensearch"), ARN, DOMAINS)

    assert ([], "refuse") == (left, answers.values["update_while_copying"])


def test_last_line_sets_the_local_aws_to_the_findings(scene: Scene) -> None:
    lines = list(scene.ask(SLOW.override({"history_order": "oldest"})).lines())

    assert any(line.startswith("!  history_order=oldest: ") for line in lines)
    assert any(line.startswith("=  validating=false: ") for line in lines)
    words = lines[-1].partition("python -m sandbox ")[2].split()
    given = dict(word.partition("=")[::2] for word in words if word != "--switch")
    assert "oldest" == Switches().override(given).history_order


@pytest.mark.parametrize(
    "operation",
    ["es:UpdatePackage", "es:CreatePackage", "s3:PutObject"],
)
def test_failed_call_ends_the_probe_and_cleans_up(scene: Scene, operation: str) -> None:
    scene.aws.failures.fail_operation(operation, "InternalException", times=1, status=500)

    answers, left = ask(scene.stage(), ARN, DOMAINS)

    assert ([], True) == (left, scene.is_empty)
    assert "InternalException" in " ".join([*answers.facts, *answers.reasons.values()])


def test_failed_clean_up_names_the_command_to_run(scene: Scene) -> None:
    scene.aws.failures.fail_operation("es:DeletePackage", "AccessDeniedException", times=1)
    scene.aws.failures.fail_operation("s3:DeleteBucket", "AccessDenied", times=1)

    _, left = ask(scene.stage(), ARN)

    assert [True, True] == [
        "aws es delete-package --package-id F" in left[0],
        "aws s3 rb --force s3://dictionary-deploy-live-0123abcd" in left[1],
    ]


@pytest.mark.parametrize(
    ("arn", "principal"),
    [
        (ARN, ARN),
        ("arn:aws:sts::1:assumed-role/Admin/ada", "arn:aws:iam::1:role/Admin"),
        ("arn:aws-cn:sts::1:assumed-role/Admin/ada", "arn:aws-cn:iam::1:role/Admin"),
    ],
)
def test_session_is_named_by_its_role_in_policies(arn: str, principal: str) -> None:
    assert principal == principal_of(arn)


# ---------------------------------------------------------------- the command


def start(scene: Scene, *arguments: str, **environ: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tools.probe_aws", "--region", REGION, *arguments],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "src"),
            "AWS_ENDPOINT_URL": scene.url,
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            **environ,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_nothing_is_created_without_a_confirmed_account(scene: Scene) -> None:
    out, err = start(scene, "--account", "999999999999").communicate(timeout=60)

    assert f"in the account {ACCOUNT}" in out
    assert "S3 less than a cent" in out
    assert f"LIVE_ACCOUNT={ACCOUNT}" in err
    assert {"sts:GetCallerIdentity"} == {
        each["operation"] for each in scene.aws.requests if "Elasticsearch" not in each["operation"]
    }


def test_probe_refuses_to_run_in_ci(scene: Scene) -> None:
    out, err = start(scene, "--account", ACCOUNT, CI="true", AWS_ENDPOINT_URL="").communicate(timeout=60)

    assert ("", True) == (out, "not for CI" in err)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_probe_cleans_up(scene: Scene, number: signal.Signals) -> None:
    scene.aws.switches = Switches(copy_seconds=0, associate_seconds=0)
    scene.aws.holds.hold("es:UpdatePackage", when="after")
    process = start(scene, "--account", ACCOUNT)
    assert scene.aws.holds.wait_until_held(60)

    process.send_signal(number)
    scene.aws.holds.release()
    out, err = process.communicate(timeout=60)

    assert "It was interrupted" in out, err
    assert "LEFT BEHIND" not in err
    assert scene.is_empty
