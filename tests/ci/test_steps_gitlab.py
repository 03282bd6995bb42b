"""A merge request's whole life through the file that GitLab includes."""

from __future__ import annotations

import json

import pytest
import yaml
from tests.ci.steps.gitlab_job import FILE, run_gitlab_job
from tests.ci.steps.project import Project
from tests.ci.steps.specs import spec

PATH = """specs/it's "chat" $(touch pwned).yaml"""
NUMBER = 7


@pytest.fixture
def project(tmp_path, gitlab):
    return Project(tmp_path, gitlab.url, gitlab.token)


def preview(project, gitlab, **told):
    request = gitlab.merge_requests[-1]
    about = {
        "CI_API_V4_URL": gitlab.url,
        "LLMDEPLOY_GITLAB_TOKEN": gitlab.token,
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_MERGE_REQUEST_IID": str(NUMBER),
        "CI_MERGE_REQUEST_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": project.git("rev-parse", "main"),
        "CI_MERGE_REQUEST_TITLE": '"; $(touch pwned) #',
        "LLMDEPLOY_FAIL_ON": "",
    }
    return run_gitlab_job(project, "llmdeploy-preview", request.head_sha, about | told)


@pytest.mark.engine
@pytest.mark.slow
def test_a_merge_request_is_reviewed_and_applied(project, gitlab):
    head = project.commit({PATH: spec()}, "chat")
    request = gitlab.add_merge_request(NUMBER, head, branch="chat")
    job = preview(project, gitlab)
    assert job.code == 0, job.log
    (note,) = gitlab.comments(NUMBER)
    assert f"`{PATH}`" in note.body
    assert note.body.splitlines()[1].startswith("**Simulated:**")
    files = job.files("llmdeploy-review")
    assert json.loads(files["llmdeploy-review/codequality.json"]) == []
    assert b"<testsuite" in files["llmdeploy-review/llmdeploy-junit.xml"]

    gitlab.add_artifact("llmdeploy-preview", head, False, files)
    before, after = project.merge("chat")
    request.merge_sha = after
    push = {
        "CI_API_V4_URL": gitlab.url,
        "LLMDEPLOY_GITLAB_TOKEN": gitlab.token,
        "CI_PIPELINE_SOURCE": "push",
        "CI_COMMIT_BEFORE_SHA": before,
    }
    applied = run_gitlab_job(project, "llmdeploy-apply", after, push, add="--simulate")
    assert applied.code == 0, applied.log
    assert "Reviewed in pull request 7" in applied.log
    assert not list(project.folder.rglob("pwned"))


def test_errors_are_told_by_the_job_even_without_a_token(project, gitlab):
    broken = "name: chat\nmodel: a/b\nframework: vlm\nregions: [aws/us-east-1]\n"
    gitlab.add_merge_request(NUMBER, project.commit({PATH: broken}, "chat"), branch="chat")
    job = preview(project, gitlab, LLMDEPLOY_GITLAB_TOKEN="", CI_MERGE_REQUEST_SOURCE_PROJECT_ID="43")
    assert job.code == 2, job.log
    assert "**The spec has 1 error.**" in job.log
    assert gitlab.comments(NUMBER) == []
    (found,) = json.loads(job.files("llmdeploy-review")["llmdeploy-review/codequality.json"])
    assert (found["location"]["path"], found["location"]["lines"]["begin"]) == (PATH, 3)


def test_reports_and_artifacts_are_where_the_job_leaves_them():
    told = yaml.safe_load(FILE.read_text())["llmdeploy-preview"]["artifacts"]
    assert told["paths"] == ["llmdeploy-review/"]
    assert told["reports"] == {
        "codequality": "llmdeploy-review/codequality.json",
        "junit": "llmdeploy-review/llmdeploy-junit.xml",
    }
