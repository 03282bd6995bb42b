"""A forge that is not well: asked again, but not for ever."""

from __future__ import annotations

import time

import pytest
from tests.ci.fakes.forge_server import ForgeServer
from tests.ci.fakes.github_server import FakeGithub
from tests.ci.fakes.gitlab_server import FakeGitlab
from tests.ci.fakes.job import HEAD, Job

from llmdeploy.infra.forge.ci_event import CiEvent
from llmdeploy.infra.forge.connect import connect
from llmdeploy.infra.forge.errors import ForgeForbidden, ForgeUnusable, Gone
from llmdeploy.infra.forge.failure import Failure
from llmdeploy.infra.forge.patience import Patience
from llmdeploy.serving.errors import LlmdeployError


@pytest.mark.parametrize("kind", ["500", "502", "html", "drop", "cut", "429", "secondary", "primary"])
def test_what_passes_is_asked_again(forge: ForgeServer, kind: str) -> None:
    forge.fault(kind, 2, method="GET")
    job = Job(forge)
    assert job.put("two replicas") == "created"
    assert len(job.waits) == 2
    assert len([line for line in job.log if "; asking again in " in line]) == 2


@pytest.mark.parametrize("kind", ["500", "drop"])
def test_writes_are_asked_again_too(forge: ForgeServer, kind: str) -> None:
    forge.fault(kind, 1, method="POST")
    assert Job(forge).put("two replicas") == "created"
    assert len(forge.comments(7)) == 1


def test_waits_double_until_patience_ends(forge: ForgeServer) -> None:
    forge.fault("500", 1000)
    job = Job(forge)
    with pytest.raises(ForgeUnusable, match="the forge: listing the comments of 7: 500 ") as raised:
        job.put("two replicas")
    assert job.waits == [1, 2, 4, 8, 16]
    assert raised.value.mend == "run the job again when the forge is well"


def test_patience_is_one_for_all_questions(github: FakeGithub) -> None:
    job = Job(github, patience_s=20)
    forge = job.forge
    github.fault("500", 3, path="comments")
    forge.comments(7)
    github.fault("500", 3, path="comments")
    with pytest.raises(ForgeUnusable):
        forge.comments(7)
    assert job.waits == [1, 2, 4, 1, 2]


def test_a_forge_that_hangs_is_given_up_in_time(forge: ForgeServer) -> None:
    forge.fault("hang", 1000)
    job = Job(forge, patience_s=3)
    begun = time.monotonic()
    with pytest.raises(ForgeUnusable, match="no answer in time"):
        job.put("two replicas")
    assert time.monotonic() - begun < 15


def test_a_rate_limit_beyond_patience_is_not_waited_for(github: FakeGithub) -> None:
    github.fault("spent", 1)
    job = Job(github)
    with pytest.raises(ForgeUnusable, match="rate limit exceeded") as raised:
        job.put("two replicas")
    assert not job.waits
    assert not isinstance(raised.value, ForgeForbidden)


def test_a_token_that_may_only_read_is_not_asked_twice(forge: ForgeServer) -> None:
    forge.fault("readonly", 1000)
    job = Job(forge)
    with pytest.raises(ForgeForbidden, match=r"commenting on 7: 403 .*(not accessible|Forbidden)"):
        job.put("two replicas")
    assert not job.waits
    assert len(forge.asked("POST")) == 1


def test_a_token_that_is_none_any_more(forge: ForgeServer) -> None:
    forge.fault("unauthorized", 1000)
    with pytest.raises(ForgeForbidden, match="401") as raised:
        Job(forge).put("two replicas")
    assert raised.value.mend == "give the job a token that is valid"


def test_what_is_not_there_is_gone(forge: ForgeServer) -> None:
    with pytest.raises(Gone):
        Job(forge).forge.update_comment(7, 99999, "two replicas")


def test_nobody_listens() -> None:
    with FakeGithub() as server:
        job = Job(server, patience_s=4)
    with pytest.raises(ForgeUnusable, match="the connection failed"):
        job.put("two replicas")


def test_no_token_is_ever_told(forge: ForgeServer) -> None:
    told: list[str] = []
    for kind in ("500", "drop", "unauthorized"):
        forge.fault(kind, 1)
        job = Job(forge)
        try:
            job.put("two replicas")
        except LlmdeployError as error:
            told.append(str(error))
        told += job.log
    assert len(told) == 3
    assert not [line for line in told if forge.token in line]


@pytest.mark.parametrize(
    ("failure", "wait"),
    [
        (Failure("", 500), 0),
        (Failure("", 503, {"retry-after": "7"}), 7),
        (Failure("", 429, {"retry-after": "7"}), 7),
        (Failure("", 429, {"ratelimit-reset": "1010"}), 11),
        (Failure("", 403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1010"}), 11),
        (Failure("", 403, {"x-ratelimit-remaining": "5", "x-ratelimit-reset": "1010"}), None),
        (Failure("You have exceeded a secondary rate limit", 403), 60),
        (Failure("Resource not accessible by integration", 403), None),
        (Failure("Validation failed", 422), None),
        (Failure("the connection failed"), 0),
    ],
)
def test_how_long_to_wait(failure: Failure, wait: float | None) -> None:
    assert failure.wait_s(now=1000) == wait


def test_a_mistake_of_our_own_is_no_failure_of_the_forge() -> None:
    def wrong() -> None:
        raise TypeError

    patience = Patience("the forge", 60, print, sleep=lambda _: None)
    with pytest.raises(TypeError):
        patience.ask("asking", wrong, lambda _: None)


def _event(forge: str) -> CiEvent:
    return CiEvent(forge, "42", 7, None, HEAD, False, (1, 1), "", None, False)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("forge", "environ", "problem"),
    [
        ("github", {}, "there is no token: GITHUB_TOKEN and GH_TOKEN are not set"),
        ("github", {"GITHUB_TOKEN": "  "}, "there is no token"),
        ("github", {"GITHUB_TOKEN": "se\ncret"}, "what GITHUB_TOKEN holds is no token"),
        ("gitlab", {"GITHUB_TOKEN": "x"}, "LLMDEPLOY_GITLAB_TOKEN and GITLAB_TOKEN are not set"),
    ],
)
def test_without_a_token_there_is_nobody_to_talk_to(
    forge: str, environ: dict[str, str], problem: str
) -> None:
    with pytest.raises(ForgeForbidden, match=problem) as raised:
        connect(_event(forge), environ, print)
    assert "cret" not in str(raised.value)


def test_the_line_end_of_a_secret_is_no_part_of_it(github: FakeGithub, gitlab: FakeGitlab) -> None:
    for server, name, variable in ((github, "github", "GITHUB_TOKEN"), (gitlab, "gitlab", "GITLAB_TOKEN")):
        environ = {**server.environ(), variable: f"{server.token}\n"}
        event = _event(name) if name == "gitlab" else Job(github).event
        assert connect(event, environ, print).comments(7) == []


def test_an_address_that_is_none() -> None:
    environ = {"GITHUB_TOKEN": "x", "GITHUB_API_URL": "api.github.com"}
    with pytest.raises(LlmdeployError, match="GITHUB_API_URL is no address"):
        connect(_event("github"), environ, print)
