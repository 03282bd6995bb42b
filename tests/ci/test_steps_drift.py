"""The nightly job: one issue per deployment that is not as it was left, for as long as it is not."""

from __future__ import annotations

import subprocess

import pytest
from tests.ci.steps.machine import COMMAND
from tests.ci.steps.project import recorded
from tests.ci.steps.specs import spec
from tests.ci.steps.workflow import run_workflow


def llmdeploy(project, line):
    """A command of somebody who is no pipeline."""
    environ = project.environ_of("push", "") | {"PATH": "/usr/bin:/bin"}
    environ["PULUMI_CONFIG_PASSPHRASE"] = project.passphrase
    done = subprocess.run(
        [COMMAND, *line.split()],
        cwd=project.origin,
        env=environ,
        check=False,
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr


def night(project):
    ran = run_workflow(
        project,
        "llmdeploy-drift",
        "schedule",
        recorded("schedule"),
        sha=project.head(),
        more_inputs={"drift": {"simulate": "true"}},
    )
    (job,) = ran["drift"]
    assert not job.status.failed, job.machine.log
    return job


@pytest.mark.engine
@pytest.mark.slow
def test_an_issue_is_opened_kept_and_closed(project, github):
    project.commit({"chat.yaml": spec(), "other.yaml": "some: settings\n"})
    llmdeploy(project, "up chat.yaml --simulate --yes")
    night(project)
    assert github.issues == []

    llmdeploy(project, "simulate drift chat.yaml aws-us-east-1-vpc tags.owner=someone")
    night(project)
    (issue,) = github.issues
    assert (issue.open, "llmdeploy-drift" in issue.labels, "chat" in issue.title) == (True, True, True)
    assert "owner" in issue.body

    llmdeploy(project, "simulate drift chat.yaml aws-us-east-1-vpc tags.owner=another")
    night(project)
    assert [each.number for each in github.issues] == [issue.number]
    assert "another" in issue.body

    llmdeploy(project, "simulate drift chat.yaml aws-us-east-1-vpc tags.owner=")
    night(project)
    assert [(each.number, each.open) for each in github.issues] == [(issue.number, False)]
