"""What goes wrong in a pull request's pipeline: specs with errors, a state that is not there, a forge that
does not answer, comments that are not ours.
"""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.ci.fakes.github_server import BOT
from tests.ci.steps.machine import COMMAND
from tests.ci.steps.project import recorded
from tests.ci.steps.pull_request import NUMBER, PullRequest
from tests.ci.steps.specs import spec

from llmdeploy.cli.ci.post import post
from llmdeploy.infra.forge.ci_event import ci_event

PATH = """it's "bad" $(touch pwned).yaml"""


@pytest.fixture
def pull(project, github):
    return PullRequest(project, github)


def job_of(project, event_name, event, folder):
    """What a step of a job finds in its environment."""
    folder.mkdir(exist_ok=True)
    (folder / "event.json").write_text(json.dumps(event))
    return project.environ_of(event_name, "") | {
        "PATH": "/usr/bin:/bin",
        "GITHUB_TOKEN": project.token,
        "GITHUB_EVENT_PATH": str(folder / "event.json"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
    }


def test_errors_of_a_spec_are_the_comment_and_fail_the_job(project, pull):
    pull.push({PATH: "name: chat\nmodel: a/b\nframework: vlm\nregions: [aws/us-east-1]\n"})
    job = pull.preview()
    assert job.status.failed
    (comment,) = pull.comments()
    assert "**The spec has 1 error.**" in comment
    assert "vllm" in comment, "what was meant"
    assert '::error file=it\'s "bad" $(touch pwned).yaml,line=3' in job.machine.log
    assert "framework" in job.machine.alerts[0]
    assert "llmdeploy-plans" not in job.machine.artifacts
    assert not list(project.folder.glob("home/*/*")), "nothing was planned, asked or deployed"
    assert not list(project.folder.rglob("pwned"))


def test_a_state_that_is_not_there_is_told(pull):
    pull.push({"chat.yaml": spec()})
    job = pull.preview(simulate="true", backend="file:///no/such/folder")
    assert job.status.failed
    (comment,) = pull.comments()
    assert "There is no preview" in comment
    assert "/no/such/folder" in comment


@pytest.mark.engine
def test_a_condition_fails_the_job_and_is_told(pull, github):
    github.fault("502", path="comments")
    github.fault("secondary", method="POST")
    pull.push({"chat.yaml": spec(more="budget: {hourly_usd: 1}\n")})
    job = pull.preview(**{"fail-on": "over-budget"})
    assert job.status.failed
    assert "Refused" in job.machine.log
    (comment,) = pull.comments()
    assert "**Refused:** over-budget: chat:" in comment, "the forge was asked again after it refused"


@pytest.mark.parametrize("fault", ["500", "drop", "secondary", "readonly"])
def test_a_forge_that_takes_no_comment_fails_nothing(project, pull, github, tmp_path, fault):
    pull.push({"README.md": "Hello.\n"})
    github.fault(fault, times=1000)
    environ = job_of(project, "pull_request", pull.event(), tmp_path / "job")
    told = []
    post(ci_event(environ), environ, "preview", "What changes.", told.append, patience_s=2)
    assert (tmp_path / "job" / "summary").read_text().strip() == "What changes."
    assert "The job's summary has it instead." in told[-1]
    assert project.token not in "".join(told)
    assert pull.comments() == []


def test_jobs_at_once_leave_one_comment(project, github, tmp_path):
    pull = PullRequest(project, github, fork=True)
    pull.push({"README.md": "Hello.\n"})
    folder = tmp_path / "review"
    folder.mkdir()
    (folder / "comment.md").write_text("What changes.\n")
    event = recorded("workflow_run.completed", workflow_run__head_sha=pull.pull.head_sha)
    github.meet("GET", f"/repos/acme/serving/issues/{NUMBER}/comments")

    def run(name):
        environ = job_of(project, "workflow_run", event, tmp_path / name)
        return subprocess.run(
            [COMMAND, "ci", "comment", "--from", folder],
            env=environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    with ThreadPoolExecutor() as threads:
        done = list(threads.map(run, ("a", "b")))
    assert [each.returncode for each in done] == [0, 0], [each.stderr for each in done]
    assert len(github.asked("POST")) == 2, "both found none"
    assert len(pull.comments()) == 1


def test_only_our_own_comment_is_written(project, pull, github, tmp_path):
    pull.push({"README.md": "Hello.\n"})
    environ = job_of(project, "pull_request", pull.event(), tmp_path / "job")
    told = []

    def say(text):
        post(ci_event(environ), environ, "preview", text, told.append, patience_s=5)

    say("First.")
    ours = github.comments(NUMBER)[0]
    quoted = github.add_comment(NUMBER, ours.body, "dana")
    say("Second.")
    assert "Second." in ours.body
    assert "First." in quoted.body
    ours.body = ours.body.replace("Second.", "I know better.")
    say("Second.")
    assert "Second." in ours.body
    assert "was edited" in "".join(told)
    assert [each.author for each in github.comments(NUMBER)] == [BOT, "dana"]
