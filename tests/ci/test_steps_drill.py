"""The weekly drill: a region is evacuated under load, and the report is kept."""

from __future__ import annotations

import json
import subprocess

import pytest
from tests.ci.steps.gitlab_job import run_gitlab_job
from tests.ci.steps.machine import COMMAND
from tests.ci.steps.project import recorded
from tests.ci.steps.workflow import run_workflow

from llmdeploy.infra.provider.observe import sweep

SPEC = """\
name: chat
model: HuggingFaceTB/SmolLM2-135M-Instruct
framework: vllm
regions: [local/a, local/b]
"""
DRILL = {"spec": "chat.yaml", "region": "local/a", "seconds": "8", "workers": "2"}


def llmdeploy(project, line):
    environ = project.environ_of("push", "") | {"PATH": "/usr/bin:/bin"}
    environ["PULUMI_CONFIG_PASSPHRASE"] = project.passphrase
    return subprocess.run(
        [COMMAND, *line.split()],
        cwd=project.origin,
        env=environ,
        check=False,
        capture_output=True,
        text=True,
        timeout=200,
    )


@pytest.fixture
def up(project):
    """The deployment that is drilled, on this machine."""
    project.commit({"chat.yaml": SPEC})
    done = llmdeploy(project, "up chat.yaml --yes")
    assert done.returncode == 0, done.stderr
    yield project
    llmdeploy(project, "destroy chat.yaml --yes")
    sweep(project.folder / "home" / "run" / "chat")


def week(project, **inputs):
    ran = run_workflow(
        project,
        "llmdeploy-drill",
        "schedule",
        recorded("schedule"),
        sha=project.head(),
        more_inputs={"drill": DRILL | inputs},
    )
    (job,) = ran["drill"]
    return job


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_report_is_kept_and_the_region_is_back(up):
    job = week(up)
    assert not job.status.failed, job.machine.log
    assert "### chat: evacuate local/a for " in job.machine.summary
    assert "| failed | 0 |" in job.machine.summary
    assert "![" not in job.machine.summary, "a summary has no picture beside it"
    assert set(job.machine.artifacts["llmdeploy-drill"]) == {"drill.html", "drill.md", "drill.svg"}
    assert b"<circle" in job.machine.artifacts["llmdeploy-drill"]["drill.html"]
    status = json.loads(llmdeploy(up, "status chat.yaml --json").stdout)
    assert [region["evacuated"] for region in status["regions"]] == [False, False]

    told = {"LLMDEPLOY_DRILL_SPEC": "chat.yaml", "LLMDEPLOY_DRILL_REGION": "local/b"}
    gitlab = run_gitlab_job(up, "llmdeploy-drill", up.head(), told, add="--seconds 8 --workers 2")
    assert gitlab.code == 0, gitlab.log
    assert set(gitlab.files("llmdeploy-drill")) == {
        f"llmdeploy-drill/{name}" for name in ("drill.html", "drill.md", "drill.svg")
    }


@pytest.mark.engine
@pytest.mark.slow
def test_what_cannot_be_drilled_fails_the_job(project):
    project.commit({"chat.yaml": SPEC})
    job = week(project)
    assert job.status.failed
    assert "stack chat does not exist" in job.machine.log
    assert job.machine.summary == ""
    assert "llmdeploy-drill" not in job.machine.artifacts
