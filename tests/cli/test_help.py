"""`--help` of everything: it reads well, it is quick, and every example in it is a command that parses."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import click
import pytest

from llmdeploy.cli import exit_codes
from llmdeploy.cli.command_table import COMMANDS
from llmdeploy.cli.main import llmdeploy

HEAVY = {"pulumi", "rich", "httpx", "grpc", "xllamacpp", "numpy", "aiohttp"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_within_80_columns(name, terminal):
    outcome = terminal.run(f"llmdeploy {name} --help")
    assert (outcome.code, outcome.stderr) == (0, "")
    assert outcome.stdout.startswith(f"Usage: llmdeploy {name}")
    assert "Examples:" in outcome.stdout
    prose, _, examples = outcome.stdout.partition("Examples:")
    assert max(map(len, prose.splitlines())) <= 80
    assert terminal.run(f"llmdeploy {name} -h").stdout == outcome.stdout
    assert examples.strip()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_parses(name):
    group = click.Context(llmdeploy)
    command = llmdeploy.get_command(group, name)
    for example in command.examples:
        line = re.search(r"llmdeploy [^<>)|]*", example)[0]
        _, called, *arguments = shlex.split(line)
        assert called == name
        assert unparsed(command, name, arguments, group) == []


def unparsed(command, name, arguments, parent):
    """What is left of a command line, below a group by the command that it names."""
    context = command.make_context(name, list(arguments), parent=parent)
    if not isinstance(command, click.Group):
        return context.args
    below = command.get_command(context, arguments[0])
    return unparsed(below, arguments[0], arguments[1:], context)


def test_the_table_and_the_commands_agree():
    for name in COMMANDS:
        assert llmdeploy.get_command(click.Context(llmdeploy), name).name == name


def test_group_help_lists_commands_and_exit_codes(terminal):
    outcome = terminal.run("llmdeploy --help")
    assert outcome.code == 0
    for text in (*COMMANDS, *COMMANDS.values(), *exit_codes.MEANINGS.values()):
        assert text in outcome.stdout
    assert max(map(len, outcome.stdout.splitlines())) <= 80


def test_no_command_shows_help_and_is_wrong_usage(terminal):
    outcome = terminal.run("llmdeploy")
    assert outcome.code == 2
    assert "Commands:" in outcome.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["validate", "--help"], ["validate", "nothing.yaml"]])
def test_quick_commands_load_nothing_heavy(arguments):
    script = (
        "import sys\nfrom llmdeploy.cli.main import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "finally:\n    print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False
    )
    assert not HEAVY & set(ended.stderr.split())


def test_version(terminal):
    from llmdeploy import __version__

    assert terminal.run("llmdeploy --version").stdout == f"llmdeploy {__version__}\n"


def test_verbose_version_names_what_it_runs(terminal):
    outcome = terminal.run("llmdeploy --version --verbose")
    for name in ("llmdeploy", "Python", "pulumi engine", "envoy", "llama.cpp", "supervisor"):
        assert re.search(rf"^{re.escape(name)} \S", outcome.stdout, re.MULTILINE)
