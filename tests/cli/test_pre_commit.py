"""The hook that `.pre-commit-hooks.yaml` offers, run by the real pre-commit at a real commit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from llmdeploy.cli.spec_files import looks_like_spec

HOOKS = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
BIN = Path(sys.executable).parent
GOOD = """\
name: chat
model: HuggingFaceTB/SmolLM2-135M-Instruct
framework: vllm
regions: [local/a]
"""
BAD = GOOD.replace("vllm", "vlm")
VALUES = "image: {tag: latest}\nreplicas: 3\n"
ODD = 'specs/it\'s "mine", now.yaml'


@pytest.fixture
def repository(terminal):
    """A repository of its own that has the hook."""
    environ = terminal.environ | {
        "PATH": f"{BIN}{os.pathsep}{terminal.environ['PATH']}",
        "PRE_COMMIT_HOME": str(terminal.folder.parent / "pre-commit"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    repository = Repository(terminal.folder, environ)
    repository.run("git", "init", "--quiet")
    repository.run("git", "config", "user.name", "A")
    repository.run("git", "config", "user.email", "a@example.com")
    # What is tested is the command here, without the install from a network.
    hooks = [hook | {"language": "system"} for hook in yaml.safe_load(HOOKS.read_text())]
    config = {"repos": [{"repo": "local", "hooks": hooks}]}
    terminal.write(".pre-commit-config.yaml", yaml.safe_dump(config))
    repository.run("pre-commit", "install")
    return repository


class Repository:
    """A work tree, and an environment that names nothing of the user's."""

    def __init__(self, folder, environ):
        self.folder, self.environ = folder, environ

    def run(self, *words):
        """What a command that must succeed wrote."""
        ended = self._ended(words)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def commit(self):
        """Commit everything; whether it went through, and what was said."""
        self.run("git", "add", "--all")
        before = self._ended(["git", "rev-parse", "HEAD"]).stdout
        ended = self._ended(["git", "commit", "--message", "Change"])
        committed = self._ended(["git", "rev-parse", "HEAD"]).stdout != before
        assert committed == (ended.returncode == 0)
        return committed, ended.stdout + ended.stderr

    def _ended(self, words):
        return subprocess.run(
            words, cwd=self.folder, env=self.environ, capture_output=True, text=True, check=False
        )


@pytest.mark.parametrize("name", ["chat.yaml", ODD, "chat.yml"])
def test_a_bad_spec_is_refused_and_a_mended_one_goes_through(repository, terminal, name):
    terminal.write(name, BAD)
    committed, said = repository.commit()
    assert not committed
    assert f'{name}:3:12 framework: "vlm" is not known; did you mean vllm?' in said
    terminal.write(name, GOOD)
    committed, said = repository.commit()
    assert committed, said
    assert "llmdeploy validate" in said
    assert "Passed" in said


def test_a_spec_that_is_broken_in_the_middle_of_an_edit_is_refused(repository, terminal):
    terminal.write("chat.yaml", GOOD.replace("[local/a]", "[local/a"))
    committed, said = repository.commit()
    assert not committed
    assert "chat.yaml:4:10: has a list in brackets that does not end; close it with ]" in said


def test_yaml_that_is_no_spec_is_left_alone(repository, terminal):
    terminal.write("values.yaml", VALUES)
    terminal.write("templated.yaml", "{{ if .Values.model }}\nmodel: [\n{{ end }}\n")
    committed, said = repository.commit()
    assert committed, said


def test_one_bad_spec_among_others_is_the_one_that_is_named(repository, terminal):
    terminal.write("values.yaml", VALUES)
    terminal.write("good.yaml", GOOD)
    terminal.write("bad.yaml", BAD)
    committed, said = repository.commit()
    assert not committed
    assert "bad.yaml:3:12" in said
    assert "values.yaml" not in said


def test_a_spec_that_is_deleted_is_not_asked_about(repository, terminal):
    terminal.write("chat.yaml", GOOD)
    assert repository.commit()[0]
    (terminal.folder / "chat.yaml").unlink()
    committed, said = repository.commit()
    assert committed, said


def test_pre_commit_takes_the_hooks_that_we_offer(repository):
    repository.run("pre-commit", "validate-manifest", str(HOOKS))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (GOOD, True),
        (GOOD.replace("\n", "\r\n"), True),
        (GOOD.replace("model", '"model"'), True),
        ("regions: [\nmodel : {\n", True),
        ("# yaml-language-server: $schema=serving-spec.schema.json\nmodle: m\n", True),
        ("# yaml-language-server: $schema=../serving-spec.schema.json\n", True),
        ("# yaml-language-server: $schema=other.schema.json\nmodel: m\n", False),
        ("model: m\nreplicas: 1\n", False),
        ("models: m\nregions: []\n", False),
        ("serving:\n  model: m\n  regions: []\n", False),
        ("text: |\n  x\n# model: m\n# regions: []\n", False),
        ("", False),
    ],
)
def test_what_looks_like_a_spec(text, is_one):
    assert looks_like_spec(text) is is_one
