"""One comment per pull request and job."""

from __future__ import annotations

import dataclasses

import pytest
from tests.ci.fakes.forge_server import ForgeServer
from tests.ci.fakes.github_server import FakeGithub
from tests.ci.fakes.job import HEAD, Job

from llmdeploy.infra.forge.sticky import has_comment, put_comment
from llmdeploy.serving.errors import LlmdeployError


def bodies(server: ForgeServer) -> list[str]:
    """What people see of the comments."""
    return [comment.body.partition("\n")[2] for comment in server.comments(7)]


def writes(server: ForgeServer) -> int:
    return sum(request.method != "GET" for request in server.requests)


def test_the_first_run_comments(forge: ForgeServer) -> None:
    assert Job(forge).put("two replicas") == "created"
    assert bodies(forge) == ["two replicas"]
    assert forge.comments(7)[0].body.startswith(f"<!-- llmdeploy:preview run=5.1 head={HEAD} body=")


def test_a_second_push_updates_the_same_comment(forge: ForgeServer) -> None:
    Job(forge).put("two replicas")
    assert Job(forge, run=(6, 1)).put("three replicas") == "updated"
    assert bodies(forge) == ["three replicas"]


def test_nothing_is_written_when_the_run_has_said_it(forge: ForgeServer) -> None:
    Job(forge).put("two replicas")
    before = writes(forge)
    assert Job(forge).put("two replicas") == "unchanged"
    assert writes(forge) == before


def test_jobs_of_other_keys_have_comments_of_their_own(forge: ForgeServer) -> None:
    Job(forge).put("dev", key="dev")
    assert Job(forge).put("prod", key="prod") == "created"
    assert Job(forge, run=(6, 1)).put("dev again", key="dev") == "updated"
    assert bodies(forge) == ["dev again", "prod"]


def test_a_run_that_is_late_leaves_a_newer_comment(forge: ForgeServer) -> None:
    Job(forge, run=(6, 1)).put("three replicas")
    late = Job(forge, run=(5, 2))
    assert late.put("two replicas") == "newer"
    assert bodies(forge) == ["three replicas"]
    assert late.log == ["a newer run has commented on 7 already; its comment stays"]


def test_a_run_in_between_is_late_although_the_newer_one_had_nothing_new_to_say(forge: ForgeServer) -> None:
    Job(forge, run=(4, 1)).put("two replicas")
    assert Job(forge, run=(6, 1)).put("two replicas") == "unchanged"
    assert Job(forge, run=(5, 1)).put("nine replicas") == "newer"
    assert bodies(forge) == ["two replicas"]


def test_a_second_attempt_is_newer(forge: ForgeServer) -> None:
    Job(forge, run=(9, 1)).put("failed")
    assert Job(forge, run=(9, 2)).put("two replicas") == "updated"
    assert Job(forge, run=(10, 1)).put("three replicas") == "updated"
    assert bodies(forge) == ["three replicas"]


def test_an_edit_of_somebody_else_is_undone_and_told(forge: ForgeServer) -> None:
    Job(forge).put("two replicas")
    forge.comments(7)[0].body += "\nLooks good!"
    job = Job(forge, run=(6, 1))
    assert job.put("two replicas") == "rewritten"
    assert bodies(forge) == ["two replicas"]
    assert [line for line in job.log if "was edited; it is written anew" in line]


def test_white_space_at_ends_is_no_edit(forge: ForgeServer) -> None:
    Job(forge).put("two  \nreplicas\n")
    kept = forge.comments(7)[0].body.replace("  \n", "\n").strip()
    forge.comments(7)[0].body = kept.replace("\n", "\r\n")
    assert Job(forge).put("two  \nreplicas\n") == "unchanged"


def test_a_foreign_comment_with_our_mark_is_left_alone(forge: ForgeServer) -> None:
    Job(forge).put("two replicas")
    forged = forge.comments(7)[0].body.replace("two", "no")
    forge.comments(7).clear()
    forge.add_comment(7, forged, "mallory")
    assert Job(forge, run=(6, 1)).put("three replicas") == "created"
    assert forge.comments(7)[0].author == "mallory"
    assert bodies(forge) == ["no replicas", "three replicas"]
    assert Job(forge, run=(7, 1)).put("four replicas") == "updated"
    assert bodies(forge) == ["no replicas", "four replicas"]


def test_a_quote_of_our_own_is_no_comment_of_ours(github: FakeGithub) -> None:
    Job(github).put("two replicas")
    quote = "> " + github.comments(7)[0].body
    github.comments(7)[0].body = quote
    Job(github).put("three replicas")
    assert github.comments(7)[0].body == quote
    assert len(github.comments(7)) == 2


def test_a_person_who_calls_himself_the_bot_is_not_the_bot(github: FakeGithub) -> None:
    Job(github).put("two replicas")
    github.comments(7)[0].author = "github-actions"
    github.add_comment(7, "hello", "")  # of a user who is no more
    assert Job(github).put("two replicas") == "created"


def test_a_user_with_the_bots_name_is_not_the_bot(github: FakeGithub) -> None:
    Job(github).put("two replicas")
    github.comments(7)[0].kind = "User"
    assert Job(github).put("two replicas") == "created"


def test_a_deleted_comment_is_created_anew(forge: ForgeServer) -> None:
    Job(forge).put("two replicas")
    forge.comments(7).clear()
    assert Job(forge, run=(6, 1)).put("two replicas") == "created"


def test_a_comment_that_goes_between_the_look_and_the_write_is_created_anew(forge: ForgeServer) -> None:
    Job(forge).put("two replicas")
    forge.before_write = lambda: forge.comments(7).clear()
    assert Job(forge, run=(6, 1)).put("three replicas") == "created"
    assert bodies(forge) == ["three replicas"]


def test_of_two_comments_the_older_one_is_kept(forge: ForgeServer) -> None:
    Job(forge).put("two replicas")
    ours = forge.comments(7)[0]
    forge.add_comment(7, ours.body, ours.author)
    assert Job(forge, run=(6, 1)).put("three replicas") == "updated"
    assert forge.comments(7) == [ours]


def test_a_lost_answer_makes_no_second_comment(forge: ForgeServer) -> None:
    forge.fault("lost", method="POST")
    assert Job(forge).put("two replicas") == "created"
    assert len(forge.asked("POST")) == 2
    assert bodies(forge) == ["two replicas"]


def test_our_comment_is_found_on_the_last_page(forge: ForgeServer) -> None:
    forge.page = 2
    for number in range(5):
        forge.add_comment(7, f"remark {number}", "alice")
    Job(forge).put("two replicas")
    assert Job(forge, run=(6, 1)).put("three replicas") == "updated"
    assert len(forge.comments(7)) == 6


def test_a_line_that_gitlab_would_obey_is_only_text(forge: ForgeServer) -> None:
    Job(forge).put("Model:\n/approve\n  /merge now\nhttps://x/y")
    assert bodies(forge) == ["Model:\n\\/approve\n  \\/merge now\nhttps://x/y"]
    assert Job(forge).put("Model:\n/approve\n  /merge now\nhttps://x/y") == "unchanged"


def test_whether_there_is_a_comment(forge: ForgeServer) -> None:
    job = Job(forge)
    assert not has_comment(job.forge, job.event, "preview")
    job.put("two replicas")
    assert has_comment(job.forge, job.event, "preview")
    assert not has_comment(job.forge, job.event, "other")


def test_no_pull_request_no_comment(github: FakeGithub) -> None:
    job = Job(github)
    event = dataclasses.replace(job.event, number=None)
    with pytest.raises(LlmdeployError, match="for no pull request"):
        put_comment(job.forge, event, "preview", "two replicas", job.log.append)
    assert not has_comment(job.forge, event, "preview")


def test_a_key_cannot_end_the_mark(github: FakeGithub) -> None:
    with pytest.raises(LlmdeployError, match="is no key"):
        Job(github).put("two replicas", key="x --> y")
