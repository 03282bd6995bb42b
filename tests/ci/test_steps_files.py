"""What must hold of every action and workflow file: nothing of others gets into a script, and no job may more
than it needs.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

CI = Path(__file__).parents[2] / "ci"
SHELLCHECK = Path(sys.executable).with_name("shellcheck")
ACTIONS = sorted(CI.glob("github/*/action.yml"))
WORKFLOWS = sorted(CI.glob("github/workflows/*.yml"))
GITLAB = CI / "gitlab" / "llmdeploy.gitlab-ci.yml"
WRITES = {
    "llmdeploy-preview": {"pull-requests", "security-events", "id-token"},
    "llmdeploy-fork-comment": {"pull-requests"},
    "llmdeploy-apply": {"id-token"},
    "llmdeploy-drift": {"issues", "id-token"},
    "llmdeploy-drill": {"id-token"},
}
"""What each workflow may write; everything else it may only read, or not even that."""


def steps_of(file):
    told = yaml.safe_load(file.read_text())
    if "runs" in told:
        return told["runs"]["steps"]
    return [step for job in told["jobs"].values() for step in job["steps"]]


def scripts():
    for file in (*ACTIONS, *WORKFLOWS):
        for index, step in enumerate(steps_of(file)):
            if "run" in step:
                yield pytest.param(step["run"], id=f"{file.relative_to(CI)}-{index}")
    for name, job in yaml.safe_load(GITLAB.read_text()).items():
        for part in ("before_script", "script"):
            if part in job:
                yield pytest.param("\n".join(job[part]), id=f"gitlab-{name}-{part}")


@pytest.mark.parametrize("script", list(scripts()))
def test_script(script, tmp_path):
    assert "${{" not in script, "text of others would become a part of the script; give it in `env:`"
    assert "$[[" not in script
    if "\n" in script.strip() and "GITHUB" in script:
        assert script.startswith("set -euo pipefail\n")
    file = tmp_path / "script.sh"
    file.write_text(f"#!/bin/bash\n{script}")
    checked = subprocess.run([SHELLCHECK, file], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("file", [*ACTIONS, *WORKFLOWS], ids=lambda file: str(file.relative_to(CI)))
def test_actions_of_others_are_pinned(file):
    for step in steps_of(file):
        if "uses" in step:
            ours = step["uses"].startswith("OWNER/llmdeploy/ci/github/")
            assert re.search(r"@v\d+\.\d+\.\d+$" if ours else r"@v\d+$", step["uses"]), step["uses"]


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_workflows_may_no_more_than_they_need(file):
    told = yaml.safe_load(file.read_text())
    assert told["permissions"] == {}, "what a job does not ask for it does not get"
    for job in told["jobs"].values():
        written = {name for name, level in job["permissions"].items() if level == "write"}
        assert written <= WRITES[file.stem]
        assert job["timeout-minutes"] <= 120
    checkouts = [step for step in steps_of(file) if step.get("uses", "").startswith("actions/checkout@")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_what_may_write_on_forks_checks_nothing_out():
    file = CI / "github/workflows/llmdeploy-fork-comment.yml"
    assert not [step for step in steps_of(file) if step.get("uses", "").startswith("actions/checkout@")]
    # PyYAML takes the key `on` for the truth.
    triggers = [set(yaml.safe_load(each.read_text())[True]) for each in WORKFLOWS]
    assert not any("pull_request_target" in each for each in triggers)


def test_a_newer_push_ends_a_preview_and_never_an_apply():
    preview = yaml.safe_load((CI / "github/workflows/llmdeploy-preview.yml").read_text())["concurrency"]
    assert preview["cancel-in-progress"] is True
    assert "github.event.pull_request.number" in preview["group"]
    apply = yaml.safe_load((CI / "github/workflows/llmdeploy-apply.yml").read_text())["jobs"]["apply"]
    assert apply["concurrency"] == {
        "group": "llmdeploy-apply-${{ matrix.stack }}",
        "cancel-in-progress": False,
    }


@pytest.mark.parametrize("file", ACTIONS, ids=lambda file: file.parent.name)
def test_actions_say_what_their_inputs_are(file):
    told = yaml.safe_load(file.read_text())
    assert told["description"].endswith(".")
    for name, what in told["inputs"].items():
        assert what["description"].endswith("."), name
        assert what.get("required") or "default" in what, name
        used = re.search(rf"\binputs\.{re.escape(name)}\b", file.read_text())
        assert used, f"nothing uses {name}"
