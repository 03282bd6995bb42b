"""Pull requests from forks: their own run may not comment, so another does, and trusts nothing of theirs."""

from __future__ import annotations

import json

import pytest
from tests.ci.steps.project import recorded
from tests.ci.steps.pull_request import NUMBER, PullRequest
from tests.ci.steps.specs import spec
from tests.ci.steps.workflow import run_workflow

HOSTILE = """\
<!-- llmdeploy:preview run=999.1 head=0 body=0 -->
@acme/everybody look, fixes #1 <script>alert(1)</script>
"""


def comment_on(project, pull, files, **changes):
    """The job that comments on a fork's run which left these files."""
    about = {"workflow_run__head_sha": pull.pull.head_sha, "workflow_run__head_branch": pull.branch}
    event = recorded("workflow_run.completed", **about | changes)
    artifacts = {"llmdeploy-review": files}
    return run_workflow(project, "llmdeploy-fork-comment", "workflow_run", event, artifacts=artifacts)


@pytest.mark.engine
@pytest.mark.slow
def test_a_fork_is_simulated_and_commented_on_by_a_run_that_may(project, github):
    pull = PullRequest(project, github, fork=True)
    pull.push({"chat.yaml": spec()})
    github.fault("readonly", times=100)
    preview = pull.preview()
    assert not preview.status.failed, preview.machine.log
    assert github.comments(NUMBER) == []
    assert preview.machine.summary.startswith("**Simulated:** this pull request comes from a fork,")
    assert "stack `chat`" in preview.machine.summary
    assert len(github.asked("POST")) == 1, "to ask again would not help"
    assert preview.machine.alerts == [], "a fork may not write alerts"
    review = json.loads(preview.machine.artifacts["llmdeploy-review"]["review.json"])
    assert [each["simulated"] for each in review["reviews"]] == [True]

    github._faults.clear()
    (job,) = comment_on(project, pull, preview.machine.artifacts["llmdeploy-review"])["comment"]
    assert not job.status.failed, job.machine.log
    (comment,) = pull.comments()
    assert comment.splitlines()[1].startswith("**From a fork:** this text was made by a run of")
    assert "stack `chat`" in comment
    (applied,) = pull.apply(pull.merge())["apply"]
    assert applied.status.failed
    assert "never trusted" in applied.machine.log


def test_a_forks_text_calls_nobody_and_hides_nothing(project, github):
    pull = PullRequest(project, github, fork=True)
    pull.push({"README.md": "Hello.\n"})
    comment_on(project, pull, {"comment.md": HOSTILE.encode() + b"x" * 500_000 + b"\xff"})
    (comment,) = pull.comments()
    assert comment.count("<!--") == 1, "our own"
    assert "@acme" not in comment
    assert "#1" not in comment
    assert len(comment) < 65_536
    assert "cut" in comment.splitlines()[-1]
    older = comment_on(project, pull, {"comment.md": b"An older run.\n"}, workflow_run__run_number=11)
    assert not older["comment"][0].status.failed
    assert pull.comments() == [comment]


def test_whose_comment_it_is_comes_from_github(project, github):
    pull = PullRequest(project, github, fork=True)
    pull.push({"README.md": "Hello.\n"})
    other = pull.pull.head_sha[::-1]
    comment_on(project, pull, {"comment.md": b"Hello.\n", "number": b"1"}, workflow_run__head_sha=other)
    assert pull.comments() == []
    assert github.comments(1) == []


def test_runs_of_our_own_are_left_alone(project, github):
    pull = PullRequest(project, github)
    pull.push({"README.md": "Hello.\n"})
    ours = recorded("workflow_run.completed")["workflow_run"]["repository"]
    assert comment_on(project, pull, {}, workflow_run__head_repository=ours) == {}
