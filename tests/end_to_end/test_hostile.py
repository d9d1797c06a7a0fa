"""Hostile file names, lines, messages and responses: they are shown without effect."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from werkzeug.wrappers import Response

from sandbox.server import serve
from tests import hostile
from tests.end_to_end.scene import TOKEN, Ran, Scene
from tests.end_to_end.terminal import command
from tests.rendered import acted_upon, render

FILE = "search/::error::@octocat #1 <img src=x>|`a`\u2028[x](#y) ##[error]x.txt"
STOPWORDS = {"file": FILE, "package": "stopwords", "kind": "stopwords"}
SECRETS = {
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    "AWS_SESSION_TOKEN": "IQoJb3JpZ2luX2VjEXAMPLE/" + "abcdefghij+/=" * 40,
    "ACTIONS_RUNTIME_TOKEN": "eyJ0eXAiOiJKV1QiLCJhbGciOi",
}
OURS = {"group", "endgroup", "debug", "warning", "error"}


@pytest.fixture
def merged(scene: Scene) -> Scene:
    """Merge pull request 7: a file with a hostile name and hostile lines."""
    scene.make_package("stopwords")
    scene.configure(STOPWORDS)
    scene.commit({FILE: "the\n"})
    lines = (line for value in hostile.VALUES for line in value.splitlines())
    scene.merge({FILE: "\n".join(lines).encode(errors="replace")}, 7)
    return scene


def everything(scene: Scene, ran: Ran) -> str:
    return "\n".join((ran.log, ran.summary, *ran.outputs.values(), *scene.comments(7)))


def assert_harmless(scene: Scene, ran: Ran) -> None:
    """Assert that hostile text is no command, control character, output, Markdown or mention."""
    assert set() == {*hostile.workflow_commands(ran.log)} - {*OURS, "add-mask"}, ran.log
    assert [] == re.findall(r"[^\t\n -~\u00a1-\U0010ffff]|[\u202a-\u202e\u2066-\u2069\u2028]", ran.log)
    names = {"result", "changed", "dictionaries", "summary", "comment-url", "failure-reason"}
    assert names == ran.outputs.keys()
    for markdown in (ran.summary, *scene.comments(7)):
        page = render(markdown)
        assert [] == acted_upon(page)
        assert {"img", "script", "input"} & {element.name for element in page.walk()} == set()


def test_hostile_name_and_lines_are_deployed_and_shown(merged: Scene) -> None:
    ran = merged.run()

    assert (0, ["updated"]) == (ran.status, ran.outcomes), ran.log
    assert FILE == ran.dictionaries[0]["file"]
    assert_harmless(merged, ran)
    [comment] = merged.comments(7)
    assert "<img src=x>|`a`\\u2028[x](#y) ##[error]x.txt" in render(comment).text


def test_hostile_service_messages_reveal_no_secret(merged: Scene) -> None:
    forms = (SECRETS | {"token": TOKEN * 3}).values()
    secrets = " ".join(f"{each} {quote(each, safe='')} {json.dumps(each)}" for each in forms)
    tricks = "\n".join(
        value.encode(errors="replace").decode() for value in hostile.VALUES if "\0" not in value
    )
    merged.aws.failures.fail_operation("es:UpdatePackage", "AccessDeniedException", message=secrets[:400])
    merged.aws.failures.fail_operation("es:UpdatePackage", "AccessDeniedException", message=tricks)

    for _ in range(2):
        ran = merged.run(
            inputs={"github-token": TOKEN * 3}, RUNNER_DEBUG="1", ACTIONS_STEP_DEBUG="true", **SECRETS
        )

        assert (1, ["failed"]) == (ran.status, ran.outcomes), ran.log
        assert_harmless(merged, ran)
        told = re.sub("^::add-mask::.*$", "", everything(merged, ran), flags=re.MULTILINE)
        assert [] == [name for name, value in SECRETS.items() if value[:16] in told], told
        assert TOKEN * 3 not in told


def test_redirected_output_of_a_workflow_step_contains_no_secret(merged: Scene) -> None:
    """The command redirects stdout and stderr to files, which the runner does not read."""
    password = "hush-hush-hush"
    environ = merged.environment("push", merged.push_payload(), {}, **SECRETS)
    environ["AWS_ENDPOINT_URL"] = environ["AWS_ENDPOINT_URL"].replace("//", f"//ada:{password}@")

    said = command(merged, "validate", "--json", **environ)

    assert {"result", "dictionaries"} <= said.outputs.keys()
    assert "::group::" in said.err or "Valid:" in said.err
    forms = [*SECRETS.values(), password, TOKEN, "AKIAIOSFODNN7EXAMPLE", "::add-mask::"]
    assert [] == [each for each in forms if each in said.out + said.err]


def test_validation_ends_at_the_deadline(merged: Scene) -> None:
    """A large file stands for one that takes forever."""
    (merged.repository / FILE).write_bytes(
        b"".join(b"word %d, other %d\n" % (n, n) for n in range(1_000_000))
    )
    merged.configure({**STOPWORDS, "kind": "synonyms"})

    said = command(merged, "validate", "--json", "--timeout-minutes", "0.005")

    [found] = said.outputs["dictionaries"]
    assert (1, "timed-out") == (said.status, found["reason"]), said.err
    assert "Raise `timeout-minutes`, or split the file." in said.err


def test_signature_error_reveals_no_session_token(merged: Scene) -> None:
    said = (
        "The request signature we calculated does not match the signature you provided. The Canonical String"
        " for this request should have been 'POST\n/2015-01-01/packages/describe\n\nhost:es.amazonaws.com\n"
        f"x-amz-security-token:{SECRETS['AWS_SESSION_TOKEN']}\n'"
    )
    merged.aws.failures.fail_operation("es:DescribePackages", "InvalidSignatureException", message=said)

    ran = merged.run()  # by another token, so that no mask hides this one

    assert ["no-credentials"] == [entry["reason"] for entry in ran.dictionaries], ran.log
    assert "does not match the signature you provided" in ran.dictionaries[0]["message"]
    # No line of the service's message begins a line of the log.
    assert [] == [line for line in ran.log.splitlines() if line.startswith(("POST", "x-amz-security-token"))]
    assert SECRETS["AWS_SESSION_TOKEN"][:16] not in everything(merged, ran)


def test_credentials_fetched_by_boto3_are_masked(merged: Scene) -> None:
    fetched = {
        "AccessKeyId": "ASIAFETCHEDBYBOTO3X1",
        "SecretAccessKey": "fetched/secret+of/the/container",
        "Token": "fetched-session-token==",
        "Expiration": f"{datetime.now(UTC) + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}",
    }
    secrets = [fetched[name] for name in ("AccessKeyId", "SecretAccessKey", "Token")]
    merged.aws.failures.fail_operation("es:UpdatePackage", "AccessDeniedException", message=" ".join(secrets))

    with serve(Response(json.dumps(fetched), content_type="application/json")) as url:
        ran = merged.run(
            AWS_ACCESS_KEY_ID="",
            AWS_SECRET_ACCESS_KEY="",
            AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{url}/credentials",
            RUNNER_DEBUG="1",
        )

    assert (1, ["failed"]) == (ran.status, ran.outcomes), ran.log
    assert "*** *** ***" in ran.dictionaries[0]["message"]
    masked = [line.removeprefix("::add-mask::") for line in ran.log.splitlines() if "::add-mask::" in line]
    assert sorted(secrets) == sorted(set(masked) - {TOKEN})
    told = re.sub("^::add-mask::.*$", "", everything(merged, ran), flags=re.MULTILINE)
    assert [] == [secret for secret in secrets if secret in told], told
