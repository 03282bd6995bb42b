"""A pull request's whole life through the workflow files that users copy: real git, real commands, the real
engine, simulated clouds, and a GitHub that runs here.
"""

from __future__ import annotations

import json

import pytest
from tests.ci.steps.pull_request import NUMBER, PullRequest
from tests.ci.steps.specs import spec

PATH = """specs/it's "chat" $(touch pwned) `id`.yaml"""
TITLE = '"; $(touch pwned) #'
BRANCH = 'x";$(touch${IFS}pwned)#`id`'


@pytest.mark.engine
@pytest.mark.slow
def test_every_push_brings_one_comment_up_to_date(project, github):
    pull = PullRequest(project, github, TITLE, BRANCH)
    pull.push({PATH: spec()})
    first = pull.preview()
    assert not first.status.failed, first.machine.log
    (comment,) = github.comments(NUMBER)
    marker, first_line = comment.body.splitlines()[:2]
    assert marker.startswith("<!-- llmdeploy:preview ")
    assert first_line.startswith("**Simulated:** this run has no credentials of AWS.")
    assert f"``{PATH}``" in comment.body
    assert "is new" in comment.body, "the base does not have it"
    assert list(first.machine.artifacts["llmdeploy-plans"]) == ["chat.plan.json"]
    assert json.loads(first.machine.artifacts["llmdeploy-review"]["review.json"])["ok"] is True
    assert len(first.machine.alerts) == 1
    installed = (first.machine.temp / "uv.arguments").read_text().split()
    assert {"sync", "--frozen", "simulate"} <= set(installed)

    pull.push({"specs/big.yaml": spec("big", "gcp/us-central1")})
    second = pull.preview()
    assert not second.status.failed, second.machine.log
    assert [each.id for each in github.comments(NUMBER)] == [comment.id]
    assert "stack `chat`" in comment.body
    assert "stack `big`" in comment.body

    pull.push({PATH: None, "specs/big.yaml": None})
    assert not pull.preview().status.failed
    assert [each.id for each in github.comments(NUMBER)] == [comment.id]
    assert "No serving spec is touched." in comment.body
    assert not list(project.folder.rglob("pwned"))


@pytest.mark.engine
@pytest.mark.slow
def test_a_merge_does_what_was_reviewed_or_nothing(project, github):
    pull = PullRequest(project, github)
    pull.push({PATH: spec()})
    assert not pull.preview().status.failed

    edited = pull.merge({PATH: spec(more="scaling: {min: 2, max: 3}\n")})
    (refused,) = pull.apply(edited)["apply"]
    assert refused.status.failed
    assert "was reviewed for something else" in refused.machine.log
    assert "replicas" in refused.machine.log

    project.commit({PATH: spec()})
    pull.pull.merge_sha = project.head()
    ran = pull.apply(edited | {"after": project.head()})
    (applied,) = ran["apply"]
    assert not applied.status.failed, applied.machine.log
    assert f"Reviewed in pull request {NUMBER}" in applied.machine.log
    assert json.loads(ran["changed"][0].status.outputs["changed"]["specs"]) == [
        {"spec": PATH, "stack": "chat", "environment": "", "deleted": False}
    ]

    (again,) = pull.apply(edited | {"after": project.head()})["apply"]
    assert again.status.failed
    assert "the state of chat" in again.machine.log

    before, after = project.head(), project.commit({PATH: None})
    deleted = edited | {"before": before, "after": after}
    (kept,) = pull.apply(deleted)["apply"]
    assert not kept.status.failed, kept.machine.log
    assert "still up" in kept.machine.log
    (gone,) = pull.apply(deleted, **{"destroy-deleted": "true"})["apply"]
    assert not gone.status.failed, gone.machine.log
    assert "destroyed" in gone.machine.log
    assert not (project.folder / "home" / "simulated" / "chat").exists()


def test_a_push_without_review_is_refused(project, github):
    before = project.head()
    after = project.commit({"chat.yaml": spec()})
    push = {"repository": {"full_name": "acme/serving"}, "before": before, "after": after}
    (refused,) = PullRequest(project, github).apply(push)["apply"]
    assert refused.status.failed
    assert "no plan was reviewed" in refused.machine.log


def test_a_push_of_no_spec_applies_nothing(project, github):
    before = project.head()
    push = {
        "repository": {"full_name": "acme/serving"},
        "before": before,
        "after": project.commit({"a": "b"}),
    }
    ran = PullRequest(project, github).apply(push)
    assert ran["changed"][0].status.outputs["changed"] == {"specs": "[]", "any": "false"}
    assert "apply" not in ran
