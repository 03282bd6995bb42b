"""`init`: what it writes is a valid spec that says what was answered."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path

import pexpect
import pytest
import yaml
from jsonschema import Draft202012Validator

from llmdeploy.cli.starter import DEFAULTS, FRAMEWORKS, Starter, starter_text
from llmdeploy.serving.load import load_spec, parse_spec


def test_flags_become_a_spec(terminal):
    outcome = terminal.run(
        "llmdeploy init --name big --model Qwen/Qwen2.5-7B-Instruct --framework sglang"
        " --region aws/us-east-1 --region gcp/europe-west4"
    )
    assert (outcome.code, outcome.stdout) == (0, "")
    assert "llmdeploy plan big.yaml" in outcome.stderr
    spec = load_spec(terminal.folder / "big.yaml").spec
    assert (spec.name, spec.model.id, spec.framework.name) == ("big", "Qwen/Qwen2.5-7B-Instruct", "sglang")
    assert [region.name for region in spec.regions] == ["aws/us-east-1", "gcp/europe-west4"]
    assert "yaml-language-server: $schema=" in (terminal.folder / "big.yaml").read_text()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("modle", "m"),
        ("name", 7),
        ("framework", "vlm"),
        ("regions", "local/a"),
        ("scaling", {"min": "two"}),
        ("routing", {"policy": "nearby"}),
        ("hardware", {"gpus": 1}),
    ],
)
def test_an_editor_finds_the_schema_and_underlines_a_mistake(terminal, key, value):
    """As yaml-language-server does: the modeline's path starts at the file that it stands in."""
    (terminal.folder / "specs").mkdir()
    assert terminal.run("llmdeploy init specs/chat.yaml").code == 0
    spec = terminal.folder / "specs" / "chat.yaml"
    modeline = re.match(r"# yaml-language-server: \$schema=(\S+)\n", spec.read_text())
    validator = Draft202012Validator(json.loads((spec.parent / modeline[1]).read_text()))
    written = yaml.safe_load(spec.read_text())
    validator.validate(written)
    [mistake] = validator.iter_errors(written | {key: value})
    assert list(mistake.absolute_path) == [key] or f"'{key}' was unexpected" in mistake.message


def test_without_a_terminal_the_defaults_are_taken(terminal):
    assert terminal.run("llmdeploy init").code == 0
    spec = load_spec(terminal.folder / "chat.yaml").spec
    assert (spec.name, spec.model.id) == (DEFAULTS.name, DEFAULTS.model)


def test_it_asks_on_a_terminal(terminal):
    command = str(Path(sys.executable).with_name("llmdeploy"))
    environ = {**terminal.environ, "TERM": "xterm"}
    child = pexpect.spawn(
        command, ["init"], cwd=str(terminal.folder), env=environ, encoding="utf-8", timeout=20
    )
    try:
        for question, answer in (
            ("Name", "mine"),
            ("Model", ""),
            ("Framework", "tgi"),
            ("Regions", "local/x, local/y"),
        ):
            child.expect(question)
            child.sendline(answer)
        child.expect(pexpect.EOF)
    finally:
        child.close(force=True)
    assert child.exitstatus == 0
    spec = load_spec(terminal.folder / "mine.yaml").spec
    assert (spec.framework.name, [region.name for region in spec.regions]) == ("tgi", ["local/x", "local/y"])


def test_it_writes_over_a_file_only_when_forced(terminal):
    terminal.write("chat.yaml", "mine")
    assert terminal.run("llmdeploy init").code == 1
    assert (terminal.folder / "chat.yaml").read_text() == "mine"
    assert terminal.run("llmdeploy init --force").code == 0
    assert load_spec(terminal.folder / "chat.yaml")


def test_a_bad_answer_writes_nothing(terminal):
    outcome = terminal.run("llmdeploy init --name Chat")
    assert outcome.code == 2
    assert list(terminal.folder.iterdir()) == []


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_framework_it_offers_is_valid(framework):
    assert parse_spec(
        starter_text(Starter("a", "Qwen/Qwen2.5-7B-Instruct", framework, ("local/a",))), "a.yaml"
    )


@pytest.mark.parametrize("name", ["no", "null", "on", "y"])
def test_words_that_yaml_reads_otherwise_are_quoted(name):
    assert parse_spec(starter_text(Starter(name, "m", "vllm", ("local/a",))), "a.yaml").spec.name == name


def test_what_it_leaves_as_comments_is_valid_too(terminal):
    """A reader takes the hash away from a line and has a valid spec."""
    text = starter_text(DEFAULTS)
    for line in text.splitlines():
        if line.startswith("# ") and shlex.split(line.replace("'", ""))[1].rstrip(":") in {
            "quantization",
            "scaling",
            "routing",
            "environments",
        }:
            assert parse_spec(text.replace(line, line.removeprefix("# ")), "chat.yaml")
