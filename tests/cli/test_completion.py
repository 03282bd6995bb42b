"""Completion: the scripts load, and offer commands, specs, environments and regions."""

from __future__ import annotations

import shutil
import subprocess

import pytest

# The shells that this machine has, each with what its start files do before.
SHELLS = {
    shell: before
    for shell, before in (("bash", ""), ("zsh", "autoload -U compinit; compinit -D\n"), ("fish", ""))
    if shutil.which(shell)
}
SPEC = """\
name: chat
model: m
framework: vllm
regions: [local/a, {name: local/b, weight: 2}]
environments: {dev: {regions: [local/c]}, prod: {}}
"""


def complete(terminal, line):
    """What bash would offer at the end of the line."""
    words = line.split(" ")
    outcome = terminal.run(
        "llmdeploy",
        _LLMDEPLOY_COMPLETE="bash_complete",
        COMP_WORDS=line,
        COMP_CWORD=str(len(words) - 1),
    )
    assert outcome.stderr == ""
    return [entry.partition(",")[2] for entry in outcome.stdout.splitlines() if entry]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_prints_a_script(shell, terminal):
    outcome = terminal.run(f"llmdeploy completion {shell}")
    assert (outcome.code, outcome.stderr) == (0, "")
    assert "_LLMDEPLOY_COMPLETE" in outcome.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_loads(shell, terminal):
    script = SHELLS[shell] + terminal.run(f"llmdeploy completion {shell}").stdout
    loaded = subprocess.run([shell, "-c", script], capture_output=True, text=True, check=False)
    assert loaded.returncode == 0, loaded.stderr


def test_an_unknown_shell(terminal):
    outcome = terminal.run("llmdeploy completion tcsh")
    assert outcome.code == 2
    assert "'bash', 'zsh', 'fish'" in outcome.stderr


def test_offers_commands(terminal):
    assert complete(terminal, "llmdeploy st") == ["status"]


def test_offers_specs_and_folders(terminal):
    terminal.write("chat.yaml", SPEC)
    terminal.write("notes.txt", "")
    terminal.write("deep/big.yaml", SPEC)
    assert complete(terminal, "llmdeploy up ") == ["chat.yaml", "deep/"]
    assert complete(terminal, "llmdeploy up deep/") == ["deep/big.yaml"]


def test_offers_environments(terminal):
    terminal.write("chat.yaml", SPEC)
    assert complete(terminal, "llmdeploy up chat.yaml --env ") == ["dev", "prod"]
    assert complete(terminal, "llmdeploy up chat.yaml --env p") == ["prod"]


def test_offers_the_regions_of_the_environment(terminal):
    terminal.write("chat.yaml", SPEC)
    assert complete(terminal, "llmdeploy logs chat.yaml --region ") == ["local/a", "local/b"]
    assert complete(terminal, "llmdeploy logs chat.yaml --env dev --region ") == ["local/c"]


@pytest.mark.parametrize("content", ["{", "- 1\n", "\x00", "environments: 3\nregions: 4\n"])
def test_a_bad_spec_completes_to_nothing(content, terminal):
    terminal.write("chat.yaml", content)
    assert complete(terminal, "llmdeploy up chat.yaml --env ") == []
    assert complete(terminal, "llmdeploy logs chat.yaml --region ") == []


def test_offers_revisions_and_conditions(terminal):
    assert complete(terminal, "llmdeploy preview --base ") == []
    for command in (
        ["init", "--quiet", "--initial-branch", "main"],
        ["commit", "--allow-empty", "--quiet", "-m", "c"],
    ):
        subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@e", *command], cwd=terminal.folder, check=True
        )
    subprocess.run(["git", "tag", "v1"], cwd=terminal.folder, check=True)
    assert complete(terminal, "llmdeploy preview --base ") == ["main", "v1"]
    assert complete(terminal, "llmdeploy preview --fail-on re") == ["replace", "redundancy"]
    assert complete(terminal, "llmdeploy preview --fail-on quota,o") == ["quota,over-budget"]
