"""What `preview` tells of changes beside the golden comments: real command, git and engine; local regions."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests.cli.conftest import Terminal

pytestmark = [pytest.mark.engine, pytest.mark.slow]

SPEC = """\
name: {name}
model: HuggingFaceTB/SmolLM2-135M-Instruct
framework: vllm
regions: [{regions}]
"""


def spec(name: str = "chat", regions: str = "local/a, local/b") -> str:
    return SPEC.format(name=name, regions=regions)


@pytest.fixture
def repository(terminal: Terminal) -> Terminal:
    git(terminal.folder, "init", "--quiet")
    terminal.write("chat.yaml", spec())
    commit(terminal)
    return terminal


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def commit(terminal: Terminal) -> None:
    git(terminal.folder, "add", "--all")
    git(terminal.folder, "commit", "--quiet", "--message", "c")


def reviews_of(terminal: Terminal, command: str, code: int = 0) -> list[dict]:
    done = terminal.run(command)
    assert done.code == code, done.stderr
    return json.loads(done.stdout)["reviews"]


def test_two_specs_one_comment_and_one_that_is_broken(repository: Terminal) -> None:
    repository.write("it's $(id) & more.yaml", spec("second", "local/c"))
    repository.write("broken.yaml", spec("broken", "nowhere/c"))
    names = 'chat.yaml "it\'s $(id) & more.yaml" broken.yaml'
    done = repository.run(f"llmdeploy preview {names} --base HEAD --format markdown")
    assert done.code == 2
    titles = [line for line in done.stdout.splitlines() if line.startswith("### ")]
    assert titles == [
        "### `chat.yaml`: stack `chat`",
        "### `it's $(id) & more.yaml`: stack `second`",
        "### `broken.yaml`: stack `broken`",
    ]
    assert "is not a provider; use one of local, aws, gcp" in done.stdout
    assert "The spec is new: HEAD does not have it." in done.stdout


def test_a_base_whose_spec_is_broken(repository: Terminal) -> None:
    repository.write("chat.yaml", spec(regions="nowhere/a"))
    commit(repository)
    repository.write("chat.yaml", spec())
    (review,) = reviews_of(repository, "llmdeploy preview chat.yaml --base HEAD --format json")
    assert review["kind"] == "change"
    assert review["before"] is None
    assert review["notes"][0].startswith(
        "There is nothing to compare with: the spec of HEAD has errors (HEAD:chat.yaml:4:"
    )


def test_a_renamed_file_and_a_renamed_deployment(repository: Terminal) -> None:
    git(repository.folder, "mv", "chat.yaml", "talk.yaml")
    (review,) = reviews_of(repository, "llmdeploy preview talk.yaml --base HEAD --format json")
    assert review["before"]["spec_digest"] == review["after"]["spec_digest"]
    both = reviews_of(repository, "llmdeploy preview talk.yaml chat.yaml --base HEAD --format json")
    assert [each["spec"] for each in both] == ["talk.yaml"]

    repository.write("talk.yaml", spec("talk"))
    (review,) = reviews_of(repository, "llmdeploy preview talk.yaml --base HEAD --format json")
    assert review["before"] is None
    assert any("was called chat in HEAD" in note for note in review["notes"])


def test_a_deleted_spec_that_was_never_up(repository: Terminal) -> None:
    (repository.folder / "chat.yaml").unlink()
    command = "llmdeploy preview chat.yaml --base HEAD --format json --fail-on destroy"
    (review,) = reviews_of(repository, command, code=6)
    assert review["kind"] == "destroy"
    assert review["notes"] == ["Nothing of it is deployed, so there is nothing to remove."]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ("--base nowhere", 1, "'nowhere' is no revision of the git repository"),
        ("--base HEAD --fail-on replaces", 2, "--fail-on does not know replaces → it knows replace, destroy"),
        ("--base HEAD --json", 2, "for a review take --format json"),
        ("--output chat.yaml/x.md", 1, "chat.yaml/x.md cannot be written"),
    ],
    ids=["no such base", "no such condition", "two kinds of JSON", "no such file"],
)
def test_wrong_usage(repository: Terminal, options: str, code: int, said: str) -> None:
    done = repository.run(f"llmdeploy preview chat.yaml {options}")
    assert done.code == code
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_a_spec_that_is_nowhere(repository: Terminal) -> None:
    done = repository.run("llmdeploy preview lost.yaml --base HEAD --format markdown")
    assert done.code == 1
    assert "there is no spec lost.yaml, neither here nor at HEAD" in done.stdout


def test_a_backend_out_of_reach(repository: Terminal) -> None:
    backend = "https://127.0.0.1:9"
    done = repository.run(f"llmdeploy preview chat.yaml --base HEAD --format markdown --backend {backend}")
    assert done.code == 1
    assert "**There is no preview:**" in done.stdout
    assert "127.0.0.1:9" in done.stdout
    assert "Traceback" not in done.stderr


def test_what_is_deployed_is_what_counts(repository: Terminal) -> None:
    assert repository.run("llmdeploy up chat.yaml --yes").code == 0
    repository.write("chat.yaml", spec(regions="local/a, local/c"))
    (review,) = reviews_of(repository, "llmdeploy preview chat.yaml --format json")
    assert review["basis"] == "what is deployed"
    assert set(review["before"]["regions"]) == {"local/a", "local/b"}
    assert {risk["kind"] for risk in review["risks"]} >= {"region-removed"}
    assert repository.run("llmdeploy destroy chat.yaml --yes").code == 0


def test_a_deployment_that_came_up_in_part(repository: Terminal) -> None:
    command = "[python3, -c, 'import sys; sys.exit(3)', '{port}']"
    framework = f"framework: {{name: custom, command: {command}, health_path: /health}}"
    repository.write("chat.yaml", spec().replace("framework: vllm", framework))
    assert repository.run("llmdeploy up chat.yaml --yes").code == 3
    repository.write("chat.yaml", spec())
    (review,) = reviews_of(repository, "llmdeploy preview chat.yaml --format json")
    assert review["basis"] == "what is deployed"
    assert review["headline"].startswith("What is deployed becomes: HuggingFaceTB/SmolLM2")
    assert any("does not say what it serves" in note for note in review["notes"])
    assert repository.run("llmdeploy destroy chat.yaml --yes").code == 0
