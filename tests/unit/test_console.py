"""What the console writes, to the runner and to a terminal; what it never writes."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dictionary_deploy.console import Console
from dictionary_deploy.console.runner import Runner
from dictionary_deploy.console.terminal import Terminal
from dictionary_deploy.report.annotations import Annotation
from dictionary_deploy.report.markdown import code, text

ROOT = Path(__file__).parents[2]
ANNOTATION = Annotation("error", "100%:\nno", "a,b: c", "x,y:z.txt", 3, 5)


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def runner(log: io.StringIO, tmp_path: Path) -> Runner:
    return Runner(log, log, str(tmp_path / "output"), str(tmp_path / "summary"))


def parsed(output: str) -> dict[str, str]:
    """Read outputs as the runner does: a name, a delimiter, lines up to the delimiter."""
    values, lines = {}, iter(output.split("\n")[:-1])
    for line in lines:
        name, delimiter = line.split("<<", 1)
        values[name] = "\n".join(iter(lines.__next__, delimiter))
    return values


def commands(log: str) -> list[str]:
    """Return the lines in which the runner finds a command: `::` at the start, or `##[` anywhere."""
    return [line for line in re.split(r"\r\n|\r|\n", log) if line.strip().startswith("::") or "##[" in line]


def test_runner_shows_plain_lines(runner: Runner, log: io.StringIO) -> None:
    runner.info("Käse")
    runner.info("\tindented")
    assert log.getvalue() == "Käse\n\tindented\n"


def test_empty_message_is_an_empty_line(runner: Runner, log: io.StringIO) -> None:
    runner.info("")
    assert log.getvalue() == "\n"


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("::set-env name=x::y", ": :set-env name=x::y"),
        ("  ::debug::y", "  : :debug::y"),
        ("a ##[error]b", "a # #[error]b"),
        ("\xa0::debug::x", r"\xa0::debug::x"),
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("a :: b", "a :: b"),
        ("a\u2028::debug::x\x0b::debug::y", r"a\u2028::debug::x\x0b::debug::y"),
        ("a\r\n::debug::b\rc\n", r"a\r\n::debug::b\rc\n"),
    ],
)
def test_external_text_is_no_command_or_terminal_escape(
    runner: Runner, log: io.StringIO, message: str, line: str
) -> None:
    runner.info(message)
    assert log.getvalue() == f"{line}\n"


@given(st.text(":# [a\n\r\x0b\x85\u2028\xa0\t%"))
def test_message_contains_no_command(message: str) -> None:
    log = io.StringIO()
    runner = Runner(log, log, "", "")
    runner.info(message)
    runner.warning(message)
    runner.annotate(Annotation("error", message, message, message, 1, 1))
    with runner.group(message):
        runner.debug(message)
    found = [
        re.match("::(error|warning|group|endgroup|debug)( |::)", line) for line in commands(log.getvalue())
    ]
    names = [match and match.group(1) for match in found]
    assert names == ["warning", "error", "group", "debug", "endgroup"]


def test_levels_and_groups_are_workflow_commands(runner: Runner, log: io.StringIO) -> None:
    with runner.group("Look"):
        runner.debug("d")
        runner.warning("w 100%\nmore")
        runner.error("e")
    assert log.getvalue() == (
        "::group::Look\n::debug::d\n::warning::w 100%25\\nmore\n::error::e\n::endgroup::\n"
    )


def test_group_ends_after_an_error(runner: Runner, log: io.StringIO) -> None:
    with pytest.raises(KeyError), runner.group("Look"):
        raise KeyError
    assert log.getvalue() == "::group::Look\n::endgroup::\n"


def test_properties_and_data_of_an_annotation_are_escaped(runner: Runner, log: io.StringIO) -> None:
    runner.annotate(ANNOTATION)
    assert log.getvalue() == ("::error title=a%2Cb%3A c,file=x%2Cy%3Az.txt,line=3,col=5::100%25:\\nno\n")


def test_annotation_without_a_place_has_no_properties(runner: Runner, log: io.StringIO) -> None:
    runner.annotate(Annotation("warning", "Odd."))
    assert log.getvalue() == "::warning::Odd.\n"


def test_outputs_with_several_lines_are_appended(runner: Runner, tmp_path: Path) -> None:
    values = {"result": "updated", "dictionaries": "[\n]", "comment-url": "", "odd": "x<<end\nend\ny=z"}
    runner.outputs({"before": "1"})
    runner.outputs(values)
    assert parsed((tmp_path / "output").read_text()) == {"before": "1", **values}


def test_delimiter_of_outputs_changes_each_time(runner: Runner, tmp_path: Path) -> None:
    runner.outputs({"a": "1"})
    runner.outputs({"a": "1"})
    delimiters = re.findall("<<(.+)", (tmp_path / "output").read_text())
    assert [len({*delimiters}), *map(len, delimiters)] == [2, 36, 36]


def test_summary_is_appended(runner: Runner, tmp_path: Path) -> None:
    (tmp_path / "summary").write_text("of another step\n")
    runner.summary("## Käse")
    assert (tmp_path / "summary").read_text(encoding="utf-8") == "of another step\n## Käse\n"


def test_summary_with_a_lone_surrogate_is_written(runner: Runner, tmp_path: Path) -> None:
    runner.summary("a\udc80")
    assert (tmp_path / "summary").read_text() == "a\\udc80\n"


def test_missing_path_gives_a_warning(log: io.StringIO) -> None:
    runner = Runner(log, log, "", "")
    runner.outputs({"a": "1"})
    runner.summary("x")
    fix = "Pass it to the container, as GitHub's runner does. The log has the report."
    assert log.getvalue() == (
        f"::warning::The outputs cannot be written: GITHUB_OUTPUT is not set. {fix}\n"
        f"::warning::The step summary cannot be written: GITHUB_STEP_SUMMARY is not set. {fix}\n"
    )


FULL_DISK = """
import resource, sys
from dictionary_deploy.console.runner import Runner

resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
Runner(sys.stdout, sys.stdout, sys.argv[1], "").outputs({"a": "1" * 2000})
"""


def test_full_disk_leaves_no_part_of_an_output(tmp_path: Path) -> None:
    path, before = tmp_path / "output", "first=1\n"
    path.write_text(before)
    program = [sys.executable, "-c", FULL_DISK, str(path)]

    log = subprocess.check_output(program, env={"PYTHONPATH": "src"}, cwd=ROOT, text=True)

    assert path.read_text() == before
    assert log == f"::warning::The outputs cannot be written to {path} (GITHUB_OUTPUT): File too large.\n"


def test_output_path_that_is_a_fifo_gives_a_warning(log: io.StringIO, tmp_path: Path) -> None:
    path = tmp_path / "output"
    os.mkfifo(path)

    Runner(log, log, str(path), "").outputs({"a": "1"})

    assert f"cannot be written to {path}" in log.getvalue()


def test_path_that_is_not_writable_gives_a_warning(log: io.StringIO, tmp_path: Path) -> None:
    Runner(log, log, str(tmp_path), "").outputs({"a": "1"})
    assert log.getvalue() == (
        f"::warning::The outputs cannot be written to {tmp_path} (GITHUB_OUTPUT): Is a directory.\n"
    )


def test_secret_is_masked_by_the_runner_line_by_line(runner: Runner, log: io.StringIO) -> None:
    runner.mask("100%\ntwo\n\n")
    assert log.getvalue() == "::add-mask::100%25\n::add-mask::two\n"


def test_secret_is_masked_by_the_runner_once(runner: Runner, log: io.StringIO) -> None:
    for _ in range(2):
        runner.mask("ghs_abcdefgh")
    assert log.getvalue() == "::add-mask::ghs_abcdefgh\n"


def test_runner_writes_no_secret(runner: Runner, log: io.StringIO, tmp_path: Path) -> None:
    secret = 'ghs_A@b:c"1|`a1b2c3d4'
    runner.mask(secret)
    log.truncate(0)
    runner.info(f"x {secret}")
    runner.error(secret)
    runner.annotate(Annotation("error", secret, secret, secret, 1))
    with runner.group(secret):
        runner.outputs({"a": secret, "b": [secret]})
        runner.summary(f"raw {secret}, {text('in ' + secret)}, {code(secret)}")
    written = log.getvalue() + (tmp_path / "output").read_text() + (tmp_path / "summary").read_text()
    assert ([piece for piece in ("ghs", "c3d4") if piece in written], written.count("***")) == ([], 11)


def test_secret_in_a_longer_one_is_redacted_completely(runner: Runner, log: io.StringIO) -> None:
    runner.mask("token-of")
    runner.mask("token-of-ada")
    log.seek(log.truncate(0))
    runner.info("a token-of-ada b token-of")
    assert log.getvalue() == "a *** b ***\n"


@pytest.mark.parametrize("secret", ["", "a", "secret1"])
def test_short_secret_is_not_redacted(runner: Runner, log: io.StringIO, secret: str) -> None:
    runner.mask(secret)
    log.seek(log.truncate(0))
    runner.info(f"{secret}b")
    assert log.getvalue() == f"{secret}b\n"


def test_terminal_writes_warnings_to_the_other_stream() -> None:
    out, err = io.StringIO(), io.StringIO()
    terminal = Terminal(out, err)
    with terminal.group("Look"):
        terminal.info("i\x1b[0m\n::x")
        terminal.debug("d")
        terminal.warning("w")
        terminal.error("e")
        terminal.annotate(Annotation("error", "Odd.", "rule", "a.txt", 3, 5))
        terminal.annotate(Annotation("warning", "Odd."))
    terminal.json({"result": "updated"})
    terminal.summary("## x")
    assert (out.getvalue(), err.getvalue()) == (
        "Look\ni\\x1b[0m\\n::x\n",
        "warning: w\nerror: e\na.txt:3:5: error: Odd. (rule)\nwarning: Odd.\n",
    )


def test_annotation_of_a_logged_message_is_short_on_one_stream() -> None:
    out, err, both = io.StringIO(), io.StringIO(), io.StringIO()
    told = Annotation("error", "It went wrong.", "names: failed", "c.yml", 3, 1, is_logged=True)
    for terminal in (Terminal(out, err), Terminal(both, both)):
        terminal.info("It went wrong.")
        terminal.annotate(told)
        terminal.annotate(replace(told, is_logged=False))

    whole = "c.yml:3:1: error: It went wrong. (names: failed)\n"
    assert ("It went wrong.\n", whole * 2) == (out.getvalue(), err.getvalue())
    assert f"It went wrong.\nc.yml:3:1: error: names: failed\n{whole}" == both.getvalue()


def test_terminal_shows_debug_messages_if_enabled() -> None:
    err = io.StringIO()
    Terminal(io.StringIO(), err, show_debug=True).debug("d")
    assert err.getvalue() == "d\n"


def test_json_output_is_one_object() -> None:
    out, err = io.StringIO(), io.StringIO()
    terminal = Terminal(out, err, as_json=True)
    terminal.info("i")
    values = {"result": "updated", "changed": "true", "dictionaries": [{"file": "a.txt", "entries": None}]}
    terminal.json(values)
    assert (json.loads(out.getvalue()), err.getvalue()) == (values, "i\n")


def test_terminal_writes_no_secret() -> None:
    out, err = io.StringIO(), io.StringIO()
    terminal = Terminal(out, err, as_json=True)
    secret = 'secret"1'
    terminal.mask(secret)
    terminal.info(secret)
    terminal.json({"a": secret, "b": json.dumps([secret]), "c": [{secret: (secret, 12345678, None)}]})
    hidden = {"a": "***", "b": '["***"]', "c": [{"***": ["***", 12345678, None]}]}
    assert (json.loads(out.getvalue()), err.getvalue()) == (hidden, "***\n")


def test_secret_of_digits_keeps_the_json_valid() -> None:
    out = io.StringIO()
    terminal = Terminal(out, io.StringIO(), as_json=True)
    terminal.mask("12345678")
    terminal.json({"c": [12345678, "12345678"]})
    assert {"c": [12345678, "***"]} == json.loads(out.getvalue())


@given(st.text("ab:\n\r\x0b\x0c\x1c\x85\u2028\u2029%"))
def test_message_is_one_line_of_the_log(message: str) -> None:
    out, err = io.StringIO(), io.StringIO()
    for console in (Runner(out, err, "", ""), Terminal(out, out)):
        console.info(message)
        console.error(message)
        console.annotate(Annotation("error", message, message, message, 1, 1))
        with console.group(message):
            console.progress().__enter__()(message)
    written = out.getvalue().split("\n")
    assert (12, "") == (len(written), written[-1])
    assert [line.replace("%25", "%") for line in written if "%0" in line.replace("%25", "")] == []


def test_masks_go_to_the_stream_that_users_do_not_redirect() -> None:
    out, err = io.StringIO(), io.StringIO()
    runner = Runner(out, err, "", "")
    runner.mask("ghs_abcdefgh")
    assert ("", "::add-mask::ghs_abcdefgh\n") == (out.getvalue(), err.getvalue())


def test_masks_are_not_written_to_a_file(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as file:
        runner = Runner(io.StringIO(), file, "", "")
        runner.mask("ghs_abcdefgh")
        runner.info("x ghs_abcdefgh")
    assert "" == (tmp_path / "log").read_text()


def test_runner_writes_json_alone_to_the_output() -> None:
    out, err = io.StringIO(), io.StringIO()
    runner = Runner(out, err, "", "", as_json=True)
    runner.mask("ghs_abcdefgh")
    runner.info("hello")
    runner.warning("careful")
    runner.json({"result": "updated", "problems": ["ghs_abcdefgh"]})
    assert {"result": "updated", "problems": ["***"]} == json.loads(out.getvalue())
    assert "hello\n::warning::careful\n" in err.getvalue()


@pytest.mark.parametrize(
    "console", [Runner(io.StringIO(), io.StringIO(), "", ""), Terminal(io.StringIO(), io.StringIO())]
)
def test_both_classes_are_consoles(console: Console) -> None:
    with console.group("Look") as nothing:
        assert nothing is None
