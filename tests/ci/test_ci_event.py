"""What the CI says of a run, from GitHub's own payloads and GitLab's variables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llmdeploy.infra.forge.ci_event import CiEvent, ci_event
from llmdeploy.serving.errors import LlmdeployError

EVENTS = Path(__file__).with_name("events")
HEAD, BASE, MERGE = "a" * 40, "b" * 40, "c" * 40
JOB = {
    "GITHUB_REPOSITORY": "acme/serving",
    "GITHUB_SHA": MERGE,
    "GITHUB_RUN_ID": "99",
    "GITHUB_RUN_NUMBER": "12",
    "GITHUB_RUN_ATTEMPT": "2",
    "GITHUB_SERVER_URL": "https://github.com",
}
MERGE_REQUEST = {
    "GITLAB_CI": "true",
    "CI_PROJECT_ID": "42",
    "CI_MERGE_REQUEST_IID": "7",
    "CI_MERGE_REQUEST_PROJECT_ID": "42",
    "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "42",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "chat",
    "CI_MERGE_REQUEST_DIFF_BASE_SHA": BASE,
    "CI_COMMIT_SHA": HEAD,
    "CI_COMMIT_BEFORE_SHA": "0" * 40,
    "CI_PIPELINE_IID": "12",
    "CI_JOB_ID": "3456",
    "CI_PIPELINE_URL": "https://gitlab.com/acme/serving/-/pipelines/9",
    "CI_DEFAULT_BRANCH": "main",
}


def github(file: str) -> CiEvent:
    name = file.partition(".")[0]
    return ci_event({**JOB, "GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(EVENTS / file)})


def github_payload(tmp_path: Path, name: str, payload: object) -> CiEvent:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(payload))
    return ci_event({**JOB, "GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(file)})


@pytest.mark.parametrize("file", ["pull_request.opened.json", "pull_request.synchronize.json"])
def test_a_pull_request(file: str) -> None:
    assert github(file) == CiEvent(
        forge="github",
        repository="acme/serving",
        number=7,
        base=BASE,
        head=HEAD,
        fork=False,
        run=(12, 2),
        run_url="https://github.com/acme/serving/actions/runs/99",
        default_branch="main",
        merged=False,
        head_repository="acme/serving",
        head_branch="chat",
    )


def test_a_pull_request_of_a_fork() -> None:
    event = github("pull_request.fork.json")
    assert (event.fork, event.head_repository) == (True, "stranger/serving")


def test_a_fork_that_is_deleted_is_still_a_fork(tmp_path: Path) -> None:
    payload = json.loads((EVENTS / "pull_request.fork.json").read_text())
    payload["pull_request"]["head"]["repo"] = None
    assert github_payload(tmp_path, "pull_request", payload).fork


def test_a_pull_request_that_was_merged() -> None:
    event = github("pull_request.merged.json")
    assert (event.merged, event.number, event.head) == (True, 7, HEAD)


def test_a_pull_request_that_was_closed_without_a_merge(tmp_path: Path) -> None:
    payload = json.loads((EVENTS / "pull_request.merged.json").read_text())
    payload["pull_request"]["merged"] = False
    assert not github_payload(tmp_path, "pull_request", payload).merged


def test_the_run_that_a_workflow_run_awaited() -> None:
    event = github("workflow_run.completed.json")
    assert (event.number, event.head, event.fork, event.run) == (None, HEAD, True, (12, 1))
    assert (event.head_repository, event.head_branch) == ("stranger/serving", "chat")
    assert event.run_url == "https://github.com/acme/serving/actions/runs/5512345678"


def test_a_push() -> None:
    event = github("push.json")
    assert (event.number, event.base, event.head, event.merged) == (None, BASE, MERGE, False)


def test_the_first_push_of_a_branch_has_no_base(tmp_path: Path) -> None:
    event = github_payload(tmp_path, "push", {"before": "0" * 40, "after": HEAD})
    assert (event.base, event.head) == (None, HEAD)


def test_a_merge_queue(tmp_path: Path) -> None:
    payload = {"merge_group": {"base_sha": BASE, "head_sha": HEAD}}
    event = github_payload(tmp_path, "merge_group", payload)
    assert (event.number, event.base, event.head) == (None, BASE, HEAD)


def test_the_clock() -> None:
    event = github("schedule.json")
    assert (event.number, event.base, event.head) == (None, None, MERGE)


@pytest.mark.parametrize(
    ("content", "problem"),
    [("{", "cannot be read: not JSON"), ("{}", "'pull_request' is missing"), (None, "No such file")],
)
def test_an_event_file_that_is_none(tmp_path: Path, content: str | None, problem: str) -> None:
    file = tmp_path / "event.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(LlmdeployError, match=problem):
        ci_event({**JOB, "GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(file)})


def test_a_merge_request() -> None:
    assert ci_event(MERGE_REQUEST) == CiEvent(
        forge="gitlab",
        repository="42",
        number=7,
        base=BASE,
        head=HEAD,
        fork=False,
        run=(12, 3456),
        run_url="https://gitlab.com/acme/serving/-/pipelines/9",
        default_branch="main",
        merged=False,
        head_repository="42",
        head_branch="chat",
    )


def test_a_merge_request_of_a_fork_whose_pipeline_runs_there() -> None:
    event = ci_event({**MERGE_REQUEST, "CI_PROJECT_ID": "43", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "43"})
    assert (event.fork, event.repository) == (True, "42")


def test_a_pipeline_for_merged_results_is_about_the_branch() -> None:
    event = ci_event({**MERGE_REQUEST, "CI_COMMIT_SHA": MERGE, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": HEAD})
    assert event.head == HEAD


def test_a_push_to_gitlab() -> None:
    pushed = {name: value for name, value in MERGE_REQUEST.items() if "MERGE_REQUEST" not in name}
    event = ci_event({**pushed, "CI_COMMIT_BEFORE_SHA": BASE, "CI_COMMIT_SHA": MERGE})
    assert (event.number, event.base, event.head, event.fork) == (None, BASE, MERGE, False)


def test_no_ci() -> None:
    with pytest.raises(LlmdeployError, match="no job of GitHub Actions or GitLab CI") as raised:
        ci_event({"HOME": "/root"})
    assert "llmdeploy preview" in raised.value.mend
