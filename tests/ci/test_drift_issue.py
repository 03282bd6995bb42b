"""One issue per stack that drifted."""

from __future__ import annotations

import pytest
from tests.ci.fakes.forge_server import ForgeServer
from tests.ci.fakes.github_server import FakeGithub
from tests.ci.fakes.job import Job
from tests.ci.fakes.messages import FakeIssue

from llmdeploy.infra.forge.drift_issue import report_drift
from llmdeploy.infra.forge.errors import ForgeUnusable


def report(server: ForgeServer, body: str | None, stack: str = "chat") -> str:
    job = Job(server)
    return report_drift(job.forge, stack, body, job.log.append)


def seen(issue: FakeIssue) -> str:
    return issue.body.partition("\n")[2]


def test_from_the_first_drift_to_its_end(forge: ForgeServer) -> None:
    assert report(forge, None) == "none"
    assert report(forge, "a rule is gone") == "opened"
    (issue,) = forge.issues
    assert (issue.title, issue.labels, issue.open) == ("Drift of chat", ["llmdeploy-drift"], True)
    assert seen(issue) == "a rule is gone"

    assert report(forge, "a rule is gone") == "unchanged"
    assert report(forge, "two rules are gone") == "updated"
    assert seen(issue) == "two rules are gone"

    assert report(forge, None) == "closed"
    assert not issue.open
    assert [comment.body for comment in issue.comments] == ["There is no drift any more."]
    assert report(forge, None) == "none"
    assert len(issue.comments) == 1


def test_a_closed_issue_is_opened_again_and_not_doubled(forge: ForgeServer) -> None:
    report(forge, "a rule is gone")
    report(forge, None)
    assert report(forge, "a rule is gone") == "opened"
    (issue,) = forge.issues
    assert issue.open
    assert issue.comments[-1].body == "There is drift again."


def test_each_stack_has_its_own(forge: ForgeServer) -> None:
    report(forge, "a rule is gone", "chat")
    report(forge, "a pool is gone", "chat-dev")
    report(forge, None, "chat")
    assert [(issue.title, issue.open) for issue in forge.issues] == [
        ("Drift of chat", False),
        ("Drift of chat-dev", True),
    ]


def test_an_issue_of_somebody_else_is_left_alone(forge: ForgeServer) -> None:
    report(forge, "a rule is gone")
    (ours,) = forge.issues
    forge.issues[0] = FakeIssue(ours.number, ours.title, ours.body, "mallory", ours.labels)
    assert report(forge, None) == "none"
    assert report(forge, "two rules are gone") == "opened"
    assert [seen(issue) for issue in forge.issues] == ["a rule is gone", "two rules are gone"]


def test_notes_in_an_issue_stay_while_the_drift_is_the_same(forge: ForgeServer) -> None:
    report(forge, "a rule is gone")
    (issue,) = forge.issues
    issue.body += "\nAsked Ann about it."
    assert report(forge, "a rule is gone") == "unchanged"
    assert issue.body.endswith("Ann about it.")
    job = Job(forge)
    assert report_drift(job.forge, "chat", "two rules are gone", job.log.append) == "updated"
    assert job.log == [f"issue {issue.number} was edited; it is written anew"]


def test_a_lost_answer_opens_no_second_issue(forge: ForgeServer) -> None:
    forge.fault("lost", method="POST")
    assert report(forge, "a rule is gone") == "opened"
    assert [issue.open for issue in forge.issues] == [True, False]
    assert report(forge, "a rule is gone") == "unchanged"


def test_a_repository_without_issues(github: FakeGithub) -> None:
    github.fault("410", 1)
    with pytest.raises(ForgeUnusable, match="listing the issues labelled llmdeploy-drift: 410"):
        report(github, "a rule is gone")
