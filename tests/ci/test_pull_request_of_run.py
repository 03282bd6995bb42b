"""Which pull request a run was for, as the forge knows it."""

from __future__ import annotations

import dataclasses

from tests.ci.fakes.forge_server import ForgeServer
from tests.ci.fakes.github_server import FakeGithub
from tests.ci.fakes.gitlab_server import FakeGitlab
from tests.ci.fakes.job import HEAD, Job

from llmdeploy.infra.forge.pull_request_of_run import pull_request_of


def number(server: ForgeServer, *, of_fork: bool = True, **changes: str) -> int | None:
    """Of a run that says no number."""
    job = Job(server)
    repository = str(server.fork if of_fork else Job(server).event.repository)  # type: ignore[attr-defined]
    event = dataclasses.replace(job.event, number=None, head_repository=repository, head_branch="change")
    return pull_request_of(job.forge, dataclasses.replace(event, **changes))  # type: ignore[arg-type]


def add(server: ForgeServer, number: int, head: str, **how: bool | str) -> None:
    if isinstance(server, FakeGithub):
        server.add_pull(number, head, **how)  # type: ignore[arg-type]
    if isinstance(server, FakeGitlab):
        server.add_merge_request(number, head, **how)  # type: ignore[arg-type]


def test_the_one_that_proposes_the_commit(forge: ForgeServer) -> None:
    add(forge, 8, "b" * 40, branch="other", fork=True)
    add(forge, 9, HEAD, fork=True)
    assert number(forge) == 9


def test_one_of_the_repository_itself_is_not_the_forks(forge: ForgeServer) -> None:
    add(forge, 9, HEAD)
    assert number(forge) is None
    assert number(forge, of_fork=False) == 9


def test_one_of_another_fork_of_the_same_owner(github: FakeGithub) -> None:
    github.add_pull(9, HEAD, fork=True).repository = "stranger/serving-2"
    assert number(github) is None


def test_one_that_has_moved_on(forge: ForgeServer) -> None:
    add(forge, 9, "b" * 40, fork=True)
    assert number(forge) is None


def test_one_that_is_merged(forge: ForgeServer) -> None:
    add(forge, 9, HEAD, fork=True, merge_sha="c" * 40)
    assert number(forge) is None


def test_two_that_propose_the_same(forge: ForgeServer) -> None:
    add(forge, 8, HEAD, fork=True)
    add(forge, 9, HEAD, fork=True)
    assert number(forge) is None


def test_a_branch_with_a_name_for_shells(forge: ForgeServer) -> None:
    branch = '"; $(touch pwned) #&state=all'
    add(forge, 9, HEAD, fork=True, branch=branch)
    assert number(forge, head_branch=branch) == 9


def test_an_event_that_says_the_number_asks_nobody(forge: ForgeServer) -> None:
    job = Job(forge)
    assert pull_request_of(job.forge, job.event) == 7
    assert not forge.requests
