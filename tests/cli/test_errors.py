"""What a user sees when something goes wrong: a message and an exit code, never a traceback."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from llmdeploy.cli import exit_codes
from llmdeploy.cli.boundary import exit_code_of
from llmdeploy.cli.bug_report import masked
from llmdeploy.serving.errors import LlmdeployError, Problem, SpecErrors

PROBLEMS = SpecErrors(
    [Problem("a.yaml", 3, 1, "model", "is missing", "add it"), Problem("a.yaml", 0, 0, "", "bad")]
)


class Locked(LlmdeployError):
    exit_code = exit_codes.LOCKED


def shown(error, capsys, *, argv=(), environ=None, color=False):
    """The exit code, stdout and stderr that an error leads to."""

    def fail():
        raise error

    code = exit_code_of(fail, argv=argv, environ=environ or {}, color=color)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_an_error_is_a_problem_and_its_mend(capsys):
    code, out, err = shown(LlmdeployError("the disk is full", "free 1 GiB"), capsys)
    assert (code, out) == (1, "")
    assert err == "Error: the disk is full\n  → free 1 GiB\n"


def test_an_error_brings_its_own_exit_code(capsys):
    assert shown(Locked("held by pid 7"), capsys)[0] == 4


def test_all_problems_of_a_spec_are_shown(capsys):
    code, out, err = shown(PROBLEMS, capsys)
    assert (code, out) == (2, "")
    assert err == "a.yaml: bad\na.yaml:3:1 model: is missing; add it\nError: 2 problems.\n"


@pytest.mark.parametrize("error", [PROBLEMS, Locked("held by pid 7", "wait")])
def test_with_json_an_error_is_one_document(error, capsys):
    code, out, err = shown(error, capsys, argv=["up", "--json"])
    document = json.loads(out)
    assert (document["ok"], document["exit_code"], err) == (False, code, "")
    assert "problems" in document or document["error"] == {"problem": "held by pid 7", "mend": "wait"}


def test_json_as_a_prompt_is_no_option(capsys):
    assert shown(Locked("x"), capsys, argv=["chat", "a.yaml", "--", "--json"])[1] == ""


def test_colors_only_when_wanted(capsys):
    assert "\x1b[" in shown(LlmdeployError("x", "y"), capsys, color=True)[2]
    assert "\x1b[" not in shown(LlmdeployError("x", "y"), capsys, color=False)[2]


def test_ctrl_c_is_130(capsys):
    code, _, err = shown(KeyboardInterrupt(), capsys)
    assert (code, err) == (130, "\nInterrupted.\n")


def test_a_bug_is_reported_to_a_private_file_without_secrets(capsys, tmp_path):
    error = RuntimeError("refused Bearer sk-verysecret123 for api_key='hunter22'")
    argv = ["chat", "a.yaml", "--token=hunter22"]
    code, out, err = shown(error, capsys, argv=argv, environ={"LLMDEPLOY_HOME": str(tmp_path)})
    (report,) = (tmp_path / "reports").iterdir()
    assert (code, out) == (70, "")
    assert str(report) in err
    assert "Traceback" not in err
    text = report.read_text()
    assert "Traceback" in text
    assert "verysecret" not in text + err
    assert "hunter22" not in text + err
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


def test_a_bug_is_reported_when_the_home_cannot_be_written(capsys, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    _, _, err = shown(ValueError("x"), capsys, environ={"LLMDEPLOY_HOME": str(blocked)})
    report = Path(err.partition("the report ")[2].partition(";")[0])
    assert "ValueError" in report.read_text()
    report.unlink()


def test_debug_shows_the_traceback():
    with pytest.raises(ZeroDivisionError):
        exit_code_of(lambda: 1 / 0, argv=[], environ={"LLMDEPLOY_DEBUG": "1"}, color=False)


@pytest.mark.parametrize(
    "text",
    [
        "OPENAI_API_KEY=s3cr3t",
        '"password": "s3cr3t"',
        "authorization: Bearer s3cr3t",
        "pul-s3cr3t",
        "hf_s3cr3t",
    ],
)
def test_secrets_are_masked(text):
    assert "s3cr3t" not in masked(text)


def test_an_unknown_command_is_guessed(terminal):
    outcome = terminal.run("llmdeploy statsu")
    assert outcome.code == 2
    assert "No such command 'statsu'. Did you mean 'status'?" in outcome.stderr


def test_an_unknown_option_is_guessed(terminal):
    outcome = terminal.run("llmdeploy up chat.yaml --yse")
    assert outcome.code == 2
    assert "--yes" in outcome.stderr


def test_a_missing_spec_names_those_in_the_folder(terminal):
    terminal.write("b.yaml", "name: b\nmodel: m\nregions: [local/a]\n")
    terminal.write("values.yaml", "other: 1\n")
    outcome = terminal.run("llmdeploy plan")
    assert outcome.code == 2
    assert "Which spec? Found here: b.yaml." in outcome.stderr


def test_a_missing_spec_where_there_is_none(terminal):
    assert "llmdeploy init" in terminal.run("llmdeploy up").stderr


def test_a_closed_pipe_is_quiet(terminal):
    script = f"{Path(sys.executable).with_name('llmdeploy')} schema"
    with subprocess.Popen(
        script.split(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(terminal.environ)
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == exit_codes.PIPE_CLOSED


def test_ctrl_c_while_a_command_asks(terminal):
    import pexpect

    child = pexpect.spawn(
        str(Path(sys.executable).with_name("llmdeploy")),
        ["init"],
        cwd=str(terminal.folder),
        env={**terminal.environ, "TERM": "xterm"},
        encoding="utf-8",
        timeout=20,
    )
    try:
        child.expect(r"Name of the deployment.*\[chat\]: ")
        # Python loses a signal that comes between its last look for one and the read that blocks; no person
        # is that quick, but this is, so it presses again as a person would.
        for _ in range(5):
            child.sendintr()
            if child.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=4) == 0:
                break
    finally:
        child.close(force=True)
    assert child.exitstatus == exit_codes.INTERRUPTED
    assert "Traceback" not in child.before
    assert list(terminal.folder.iterdir()) == []


def test_ctrl_c_while_logs_are_followed(terminal, tmp_path):
    path = tmp_path / "a.log"
    path.write_text("one\n")
    script = (
        "import sys\nfrom pathlib import Path\nfrom llmdeploy.cli.boundary import exit_code_of\n"
        "from llmdeploy.cli.live.logtail import follow\n"
        "print('following', flush=True)\n"
        f"lines = follow({{'a': Path({str(path)!r})}})\n"
        "sys.exit(exit_code_of(lambda: len(list(lines)), argv=[], environ={}, color=None))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        time.sleep(0.3)
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(timeout=10) == exit_codes.INTERRUPTED
        assert b"Traceback" not in process.stderr.read()
