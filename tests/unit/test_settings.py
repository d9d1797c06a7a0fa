from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dictionary_deploy.errors import DeployError
from dictionary_deploy.settings import CiContext, GithubApi, GithubContext, Settings, parse_settings
from dictionary_deploy.settings.inputs import INPUTS

RUNNER = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_WORKSPACE": "/github/workspace",
    "GITHUB_API_URL": "https://api.github.com",
    "GITHUB_GRAPHQL_URL": "https://api.github.com/graphql",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "octo/search",
    "GITHUB_REPOSITORY_ID": "1296269",
    "GITHUB_EVENT_NAME": "push",
    "GITHUB_EVENT_PATH": "/github/workflow/event.json",
    "GITHUB_SHA": "a" * 40,
    "GITHUB_REF": "refs/heads/main",
    "GITHUB_RUN_ID": "42",
}


GITHUB = GithubApi("https://api.github.com", "https://api.github.com/graphql", "https://github.com", "")


CI = CiContext("", "", "")


def in_runner(**changes: str) -> GithubContext:
    context = parse_settings([], RUNNER | changes).github
    assert context is not None
    return context


def refusal(argv: list[str], environ: dict[str, str]) -> DeployError:
    with pytest.raises(DeployError) as caught:
        parse_settings(argv, environ)
    assert caught.value.reason == "invalid-config"
    return caught.value


def test_missing_options_and_variables_give_the_defaults() -> None:
    expected = Settings(
        config=".github/dictionaries.yml",
        mode="auto",
        environment="",
        branch="",
        comment="changes",
        pull_request=None,
        timeout_seconds=1200.0,
        github_token="",
        as_json=False,
        workspace=Path.cwd(),
        github=None,
        github_api=GITHUB,
        ci=CI,
        region=None,
        debug=False,
    )

    assert expected == parse_settings([], {})


def test_mode_may_follow_options() -> None:
    argv = [
        *("--config", "search/d.yml", "--environment", "production", "--json", "plan", "--branch", "release"),
        *("--comment", "never", "--pull-request", "7", "--timeout-minutes", "0.5", "--github-token", "t"),
    ]

    expected = Settings(
        config="search/d.yml",
        mode="plan",
        environment="production",
        branch="release",
        comment="never",
        pull_request=7,
        timeout_seconds=30.0,
        github_token="t",
        as_json=True,
        workspace=Path.cwd(),
        github=None,
        github_api=GITHUB,
        ci=CI,
        region=None,
        debug=False,
    )

    assert expected == parse_settings(argv, {})


@pytest.mark.parametrize("variable", ["INPUT_PULL-REQUEST", "INPUT_PULL_REQUEST"])
def test_input_is_read_with_hyphens_and_with_underscores(variable: str) -> None:
    assert parse_settings([], RUNNER | {variable: "12"}).pull_request == 12


def test_option_overrides_the_variable_of_the_input() -> None:
    assert parse_settings(["check"], RUNNER | {"INPUT_MODE": "plan"}).mode == "check"


def test_variable_overrides_the_default_and_is_stripped() -> None:
    assert parse_settings([], RUNNER | {"INPUT_MODE": " plan\n"}).mode == "plan"


def test_empty_and_blank_values_count_as_missing() -> None:
    environ = RUNNER | {"INPUT_TIMEOUT-MINUTES": " ", "INPUT_TIMEOUT_MINUTES": "3"}

    assert parse_settings(["--timeout-minutes", ""], environ).timeout_seconds == 180.0


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (
            {
                "CI_DEFAULT_BRANCH": "trunk",
                "CI_PROJECT_PATH": "acme/shop",
                "CI_PROJECT_ID": "42",
                "CI_SERVER_HOST": "gitlab.example.com",
            },
            CiContext("trunk", "acme/shop", "gitlab.example.com/42"),
        ),
        ({"CI_PROJECT_ID": "42"}, CiContext("", "", "gitlab/42")),
        ({"BUILDKITE_PIPELINE_DEFAULT_BRANCH": "trunk"}, CiContext("trunk", "", "")),
        ({"CI_DEFAULT_BRANCH": "", "CI_REPO_DEFAULT_BRANCH": "trunk"}, CiContext("trunk", "", "")),
    ],
)
def test_repository_of_another_ci_system(environ: dict[str, str], expected: CiContext) -> None:
    assert expected == parse_settings([], environ).ci


def test_path_of_the_configuration_is_normalized() -> None:
    assert parse_settings(["--config", "./search//d.yml"], {}).config == "search/d.yml"


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("mode", "x", "one of auto, validate, plan, deploy, check, rollback"),
        (
            "branch",
            "refs/heads/main",
            "the name of a branch, such as main, without refs/heads/",
        ),
        ("comment", "sometimes", "one of changes, always, never"),
        ("timeout-minutes", "soon", "a positive number of minutes, such as 20 or 0.5"),
        ("timeout-minutes", "0", "a positive number of minutes, such as 20 or 0.5"),
        ("timeout-minutes", "-1", "a positive number of minutes, such as 20 or 0.5"),
        ("timeout-minutes", "nan", "a positive number of minutes, such as 20 or 0.5"),
        ("timeout-minutes", "inf", "a positive number of minutes, such as 20 or 0.5"),
        ("timeout-minutes", "1e308", "a positive number of minutes, such as 20 or 0.5"),
        ("pull-request", "#7", "the number of a pull request, such as 7"),
        ("pull-request", "0", "the number of a pull request, such as 7"),
        ("pull-request", "7.5", "the number of a pull request, such as 7"),
        ("pull-request", "\u0667", "the number of a pull request, such as 7"),
        ("pull-request", "9" * 5000, "the number of a pull request, such as 7"),
    ],
)
def test_invalid_input_is_rejected_with_the_valid_values(name: str, value: str, right: str) -> None:
    error = refusal([], {f"INPUT_{name.upper()}": value})

    assert error.message == f"The input `{name}` is {value!r}."
    assert error.remedy == f"Set `{name}` to {right}."


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [("mode", "dploy", "deploy"), ("mode", "Deploy", "deploy"), ("comment", "allways", "always")],
)
def test_misspelled_input_suggests_the_value_that_was_meant(name: str, value: str, meant: str) -> None:
    assert refusal([], {f"INPUT_{name.upper()}": value}).remedy.startswith(
        f"Did you mean `{meant}`? Set `{name}` "
    )


def test_several_invalid_inputs_are_reported_together() -> None:
    error = refusal(["dploy", "--comment", "no"], {"INPUT_PULL_REQUEST": "x"})

    assert (
        error.message
        == "The input `mode` is 'dploy'. The input `comment` is 'no'. The input `pull-request` is 'x'."
    )
    assert error.remedy.count("Set ") == 3


def test_doctor_takes_the_place_of_a_mode() -> None:
    settings = parse_settings(["doctor", "--environment", "test"], {})

    assert ("doctor", "auto", "test") == (settings.command, settings.mode, settings.environment)
    assert parse_settings(["plan"], {}).command is None


def test_action_has_no_mode_doctor() -> None:
    assert refusal([], RUNNER | {"INPUT_MODE": "doctor"}).message == "The input `mode` is 'doctor'."


def test_github_token_is_read_outside_of_the_runner() -> None:
    assert parse_settings([], {"GITHUB_TOKEN": "t"}).github_token == "t"


def test_option_overrides_github_token() -> None:
    assert parse_settings(["--github-token", "mine"], {"GITHUB_TOKEN": "t"}).github_token == "mine"


def test_github_token_is_ignored_in_the_runner() -> None:
    environ = RUNNER | {"GITHUB_TOKEN": "of the job", "INPUT_GITHUB-TOKEN": ""}

    assert parse_settings([], environ).github_token == ""


def test_token_is_not_in_the_repr() -> None:
    assert "secret" not in repr(parse_settings(["--github-token", "secret"], {}))


def test_runner_provides_repository_event_and_run() -> None:
    expected = GithubContext(
        api_url="https://api.github.com",
        graphql_url="https://api.github.com/graphql",
        server_url="https://github.com",
        repository="octo/search",
        repository_id="1296269",
        event_name="push",
        event_path="/github/workflow/event.json",
        sha="a" * 40,
        ref="refs/heads/main",
        run_id="42",
    )

    assert expected == in_runner()


def test_missing_urls_are_those_of_github_com() -> None:
    context = parse_settings([], {"GITHUB_ACTIONS": "true"}).github

    assert context is not None
    assert (context.api_url, context.graphql_url, context.server_url) == (
        "https://api.github.com",
        "https://api.github.com/graphql",
        "https://github.com",
    )


@pytest.mark.parametrize(
    ("api_url", "graphql_url"),
    [
        ("https://api.github.com", "https://api.github.com/graphql"),
        ("https://git.acme.example/api/v3", "https://git.acme.example/api/graphql"),
        ("https://git.acme.example/api/v3/", "https://git.acme.example/api/graphql"),
        ("https://api.acme.ghe.com", "https://api.acme.ghe.com/graphql"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/graphql"),
    ],
)
def test_graphql_url_follows_from_the_api_url(api_url: str, graphql_url: str) -> None:
    assert in_runner(GITHUB_API_URL=api_url, GITHUB_GRAPHQL_URL="").graphql_url == graphql_url


def test_run_has_a_url() -> None:
    assert in_runner().run_url == "https://github.com/octo/search/actions/runs/42"


@pytest.mark.parametrize("variable", ["GITHUB_RUN_ID", "GITHUB_REPOSITORY"])
def test_unknown_run_has_no_url(variable: str) -> None:
    assert in_runner(**{variable: ""}).run_url == ""


def test_workspace_is_the_runners() -> None:
    assert parse_settings([], RUNNER).workspace == Path("/github/workspace")


def test_missing_workspace_is_the_working_directory() -> None:
    assert parse_settings([], RUNNER | {"GITHUB_WORKSPACE": ""}).workspace == Path.cwd()


@pytest.mark.parametrize(
    ("missing", "is_job"),
    [
        ("GITHUB_ACTIONS", True),  # a runner on Kubernetes
        ("GITHUB_RUN_ID", True),
        ("GITHUB_EVENT_NAME", True),
        ("GITHUB_ACTIONS GITHUB_RUN_ID", False),
        ("GITHUB_ACTIONS GITHUB_EVENT_NAME", False),
    ],
)
def test_runner_is_known_by_its_flag_or_by_run_and_event(missing: str, is_job: bool) -> None:  # noqa: FBT001 - a parameter of the test
    environ = RUNNER | dict.fromkeys(missing.split(), "")

    assert is_job == (parse_settings([], environ).github is not None)


def test_runner_variables_only_set_the_api_outside_of_it() -> None:
    settings = parse_settings([], RUNNER | {"GITHUB_ACTIONS": "", "GITHUB_RUN_ID": ""})

    assert (settings.github, settings.workspace) == (None, Path.cwd())
    assert replace(GITHUB, repository="octo/search") == settings.github_api


@pytest.mark.parametrize("url", ["http://[::1", "github.example.com"])
def test_server_url_without_a_host_names_its_variable(url: str) -> None:
    error = refusal([], {"GITHUB_SERVER_URL": url})

    assert error.message == f"{url!r} is not the URL of a GitHub server."
    assert error.remedy == "Fix GITHUB_SERVER_URL."


def test_runner_has_one_github_object() -> None:
    settings = parse_settings([], RUNNER)

    assert settings.github is settings.github_api


@pytest.mark.parametrize(
    ("environ", "region"),
    [
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-east-1"}, "eu-west-1"),
        ({"AWS_REGION": "", "AWS_DEFAULT_REGION": "us-east-1"}, "us-east-1"),
        ({"AWS_REGION": "", "AWS_DEFAULT_REGION": ""}, None),
    ],
)
def test_region_is_the_first_non_empty_variable(environ: dict[str, str], region: str | None) -> None:
    assert parse_settings([], environ).region == region


def test_runner_enables_debug_logging() -> None:
    assert parse_settings([], RUNNER | {"RUNNER_DEBUG": "1"}).debug is True


def test_only_the_token_has_another_default_in_the_action() -> None:
    differing = {each.name: each.action_default for each in INPUTS if each.action_default != each.default}

    assert differing == {"github-token": "${{ github.token }}"}


def test_only_has_one_file_a_line_or_an_option() -> None:
    files = ("search/a.txt", "search/b.txt")

    assert files == parse_settings([], RUNNER | {"INPUT_ONLY": "search/a.txt\n\n  search/b.txt\n"}).only
    assert files == parse_settings(["--only", files[0], "--only", files[1], "--only", files[0]], {}).only
    assert () == parse_settings([], {}).only


def test_allow_shrink_is_for_manual_runs_and_outside_github() -> None:
    manual = RUNNER | {"GITHUB_EVENT_NAME": "workflow_dispatch", "INPUT_ALLOW-SHRINK": "true"}

    assert parse_settings([], manual).allow_shrink
    assert parse_settings(["--allow-shrink", "true"], {}).allow_shrink
    assert not parse_settings([], RUNNER | {"INPUT_ALLOW-SHRINK": "false"}).allow_shrink


@pytest.mark.parametrize("event", ["push", "pull_request", "schedule", "repository_dispatch", ""])
def test_allow_shrink_is_refused_on_other_events(event: str) -> None:
    environ = RUNNER | {"GITHUB_EVENT_NAME": event, "INPUT_ALLOW-SHRINK": "true"}

    assert "only for workflow_dispatch" in refusal([], environ).message


def test_limit_is_a_whole_number() -> None:
    assert 20 == parse_settings([], {}).limit
    assert 3 == parse_settings(["--limit", "3"], {}).limit
    assert "'-1' is not a whole number" in refusal(["--limit=-1"], {}).message


def test_login_of_domains_needs_name_and_password() -> None:
    login = {"OPENSEARCH_USERNAME": "deploy", "OPENSEARCH_PASSWORD": "secret"}

    assert ("deploy", "secret") == parse_settings([], login).search_login
    assert "secret" not in repr(parse_settings([], login))
    assert parse_settings([], {"OPENSEARCH_USERNAME": "deploy"}).search_login is None


@pytest.mark.parametrize(
    ("used", "refused", "message"),
    [
        ("validate --fix", "plan --fix", "`--fix` is for `validate`, not for `plan`."),
        ("validate --fix", "status --fix", "`--fix` is for `validate`, not for `status`."),
        ("status --markdown", "plan --markdown", "`--markdown` is for `status`, not for `plan`."),
        ("init --bucket a", "doctor --bucket a", "`--bucket` is for `init`, not for `doctor`."),
        (
            "init --policies a",
            "deploy --policies a",
            "`--policies` is for `doctor`, `init`, not for `deploy`.",
        ),
        (
            "plan --only a",
            "validate --fix --only a",
            "`--only` is for `plan`, `deploy`, `check`, `rollback`, `auto`, `status`, not for `validate`.",
        ),
    ],
)
def test_options_without_effect_are_refused(used: str, refused: str, message: str) -> None:
    parse_settings(used.split(), {})

    assert message == refusal(refused.split(), {}).message


def test_similar_command_is_suggested_except_to_the_action() -> None:
    assert refusal(["statsu"], {}).remedy.startswith("Did you mean `status`?")
    assert refusal([], RUNNER | {"INPUT_MODE": "statsu"}).remedy.startswith("Set `mode`")
