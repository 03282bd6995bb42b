"""The plans that were reviewed before a merge, and those that must not be taken for them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from tests.ci.fakes.forge_server import ForgeServer
from tests.ci.fakes.github_server import FakeGithub
from tests.ci.fakes.gitlab_server import FakeGitlab
from tests.ci.fakes.job import HEAD, MERGE, Job

from llmdeploy.infra.forge.ci_event import CiEvent
from llmdeploy.infra.forge.errors import ForgeUnusable
from llmdeploy.infra.forge.protocol import Archive
from llmdeploy.infra.forge.reviewed_plan import Found, NotFound, fetch_reviewed_plans

NAMES = {"github": "llmdeploy-plans", "gitlab": "llmdeploy-preview"}


def pushed(server: ForgeServer) -> CiEvent:
    """The merge, as a push to the default branch."""
    return dataclasses.replace(Job(server).event, number=None, head=MERGE)


def merged(server: ForgeServer) -> CiEvent:
    """The merge, as GitHub tells of the pull request."""
    return dataclasses.replace(Job(server).event, merged=True)


def add_pull(server: ForgeServer, *, fork: bool = False) -> None:
    if isinstance(server, FakeGithub):
        server.add_pull(7, HEAD, fork=fork, merge_sha=MERGE)
    if isinstance(server, FakeGitlab):
        server.add_merge_request(7, HEAD, fork=fork, merge_sha=MERGE)


def add_plans(server: ForgeServer, files: dict[str, bytes | str], *, fork: bool = False):
    name = NAMES[Job(server).event.forge]
    return server.add_artifact(name, HEAD, fork, files)


def fetch(server: ForgeServer, event: CiEvent, into: Path) -> Found | NotFound:
    return fetch_reviewed_plans(Job(server).forge, event, into)


def reason(found: Found | NotFound) -> str:
    assert isinstance(found, NotFound)
    return found.reason


@pytest.mark.parametrize("event", [pushed, merged])
def test_the_plans_of_the_last_commit(forge: ForgeServer, event, tmp_path: Path) -> None:
    add_pull(forge)
    add_plans(forge, {"chat.plan.json": "{}", "big.plan.json": "[]"})
    found = fetch(forge, event(forge), tmp_path / "plans")
    assert isinstance(found, Found)
    assert {file.name: file.read_text() for file in found.files} == {
        "chat.plan.json": "{}",
        "big.plan.json": "[]",
    }
    assert (found.number, found.head) == (7, HEAD)
    assert found.run_url.startswith(("https://github.com/acme", "https://gitlab.com/acme"))


def test_of_several_runs_the_newest(github: FakeGithub, tmp_path: Path) -> None:
    add_pull(github)
    add_plans(github, {"chat.plan.json": "new"}).made = "2026-11-20T11:00:00Z"
    add_plans(github, {"chat.plan.json": "old"}).made = "2026-11-20T10:00:00Z"
    found = fetch(github, pushed(github), tmp_path)
    assert isinstance(found, Found)
    assert found.files[0].read_text() == "new"


def test_other_folders_and_files_of_the_archive(gitlab: FakeGitlab, tmp_path: Path) -> None:
    add_pull(gitlab)
    files = {"llmdeploy-review/plans/chat.plan.json": "{}", "llmdeploy-review/report.html": "<p>"}
    add_plans(gitlab, files)
    found = fetch(gitlab, pushed(gitlab), tmp_path)
    assert isinstance(found, Found)
    assert list(tmp_path.iterdir()) == [tmp_path / "chat.plan.json"]


def test_a_commit_that_nobody_reviewed(forge: ForgeServer, tmp_path: Path) -> None:
    told = reason(fetch(forge, pushed(forge), tmp_path))
    assert told == "commit ffffffffffff came by no merged pull request, so no plan was reviewed"


def test_a_pull_request_that_is_not_merged(forge: ForgeServer, tmp_path: Path) -> None:
    told = reason(fetch(forge, Job(forge).event, tmp_path))
    assert told == "pull request 7 is not merged"


def test_no_preview_of_the_last_commit(forge: ForgeServer, tmp_path: Path) -> None:
    add_pull(forge)
    if isinstance(forge, FakeGithub):
        forge.add_artifact("llmdeploy-plans", "b" * 40, False, {"chat.plan.json": "{}"})
    told = reason(fetch(forge, pushed(forge), tmp_path))
    assert told == "pull request 7 at aaaaaaaaaaaa has no plans: no preview of that commit left any"


def test_a_fork_is_never_trusted(forge: ForgeServer, tmp_path: Path) -> None:
    add_pull(forge, fork=True)
    add_plans(forge, {"chat.plan.json": "{}"}, fork=True)
    told = reason(fetch(forge, pushed(forge), tmp_path))
    assert told.endswith("is of a fork, and plans that a fork's run made are never trusted")
    assert not list(tmp_path.iterdir())


def test_a_forks_run_at_the_very_commit_is_not_trusted(github: FakeGithub, tmp_path: Path) -> None:
    add_pull(github)
    add_plans(github, {"chat.plan.json": "evil"}, fork=True)
    told = reason(fetch(github, pushed(github), tmp_path))
    assert told.endswith("has only plans of runs that are not this repository's, which are never trusted")
    add_plans(github, {"chat.plan.json": "good"}).made = "2000-01-01T00:00:00Z"
    found = fetch(github, pushed(github), tmp_path)
    assert isinstance(found, Found)
    assert found.files[0].read_text() == "good"


def test_a_pipeline_of_another_project_is_not_trusted(gitlab: FakeGitlab, tmp_path: Path) -> None:
    add_pull(gitlab)
    add_plans(gitlab, {"chat.plan.json": "evil"})
    gitlab.merge_requests[0].pipeline_project = gitlab.fork
    assert "never trusted" in reason(fetch(gitlab, pushed(gitlab), tmp_path))


def test_a_run_of_another_event_is_not_asked(github: FakeGithub, tmp_path: Path) -> None:
    add_pull(github)
    github.add_artifact("llmdeploy-plans", HEAD, False, {"chat.plan.json": "{}"}, event="workflow_dispatch")
    assert "no preview of that commit" in reason(fetch(github, pushed(github), tmp_path))


def test_an_artifact_of_another_name_is_not_taken(forge: ForgeServer, tmp_path: Path) -> None:
    add_pull(forge)
    forge.add_artifact("other", HEAD, False, {"chat.plan.json": "{}"})
    assert "no preview of that commit" in reason(fetch(forge, pushed(forge), tmp_path))


def test_plans_expire(forge: ForgeServer, tmp_path: Path) -> None:
    add_pull(forge)
    add_plans(forge, {"chat.plan.json": "{}"}).expired = True
    told = reason(fetch(forge, pushed(forge), tmp_path))
    assert told == "pull request 7 at aaaaaaaaaaaa had plans, which have expired"


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"../chat.plan.json": "{}"}, "a plan named '../chat.plan.json'"),
        ({"a/../../chat.plan.json": "{}"}, "a plan named"),
        ({"/etc/chat.plan.json": "{}"}, "a plan named"),
        ({"a\\chat.plan.json": "{}"}, "a plan named"),
        ({"-rf.plan.json": "{}"}, "a plan named"),
        ({"$(id).plan.json": "{}"}, "a plan named"),
        ({"a/chat.plan.json": "1", "b/chat.plan.json": "2"}, "two plans named chat.plan.json"),
        ({f"s{number}.plan.json": "{}" for number in range(1001)}, "more than 1000 plans"),
    ],
)
def test_archives_that_nobody_made_in_good_faith(
    github: FakeGithub, files: dict[str, bytes | str], why: str, tmp_path: Path
) -> None:
    add_pull(github)
    add_plans(github, files)
    assert why in reason(fetch(github, pushed(github), tmp_path / "a" / "b"))
    assert not list(tmp_path.rglob("*.json"))


@pytest.mark.parametrize("data", [b"no zip", b"PK\x03\x04 cut short"])
def test_no_zip_at_all(github: FakeGithub, data: bytes, tmp_path: Path) -> None:
    add_pull(github)
    add_plans(github, {}).data = data
    assert "no zip that can be read" in reason(fetch(github, pushed(github), tmp_path))


def test_an_archive_without_plans(github: FakeGithub, tmp_path: Path) -> None:
    add_pull(github)
    add_plans(github, {"readme.md": "hello"})
    assert "no plan in it" in reason(fetch(github, pushed(github), tmp_path))


def test_a_download_that_fails_is_asked_for_again(forge: ForgeServer, tmp_path: Path) -> None:
    add_pull(forge)
    add_plans(forge, {"chat.plan.json": "{}" * 5000})
    forge.fault("cut", path="/blob/" if isinstance(forge, FakeGithub) else "/storage/")
    found = fetch(forge, pushed(forge), tmp_path)
    assert isinstance(found, Found)
    assert found.files[0].read_text() == "{}" * 5000


def test_a_download_is_no_larger_than_it_may_be(github: FakeGithub, tmp_path: Path) -> None:
    artifact = github.add_artifact("llmdeploy-plans", HEAD, False, {"chat.plan.json": "{}"})
    url = f"{github.url}/repos/acme/serving/actions/artifacts/{artifact.id}/zip"
    archive = Archive(url, "", "", trusted=True)
    job = Job(github)
    with pytest.raises(ForgeUnusable, match="413 larger than 10 bytes"):
        job.forge.download(archive, tmp_path / "plans.zip", 10)
    assert not job.waits
    job.forge.download(archive, tmp_path / "plans.zip", len(artifact.data))
    assert (tmp_path / "plans.zip").read_bytes() == artifact.data
