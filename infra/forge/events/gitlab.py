"""GitLab's predefined CI/CD variables."""

from __future__ import annotations

from collections.abc import Mapping

from llmdeploy.infra.forge.ci_event import CiEvent
from llmdeploy.infra.forge.events.number import number

_NO_COMMIT = "0" * 40


def gitlab_event(environ: Mapping[str, str]) -> CiEvent:
    """The event of a job of GitLab CI, from its environment alone."""
    project = environ.get("CI_PROJECT_ID", "")
    # A pipeline for a fork's merge request can run in the fork; the merge request is the other project's.
    target = environ.get("CI_MERGE_REQUEST_PROJECT_ID") or project
    source = environ.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID") or target
    before = environ.get("CI_COMMIT_BEFORE_SHA", _NO_COMMIT)
    return CiEvent(
        forge="gitlab",
        repository=target,
        number=number(environ.get("CI_MERGE_REQUEST_IID")),
        base=environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA") or (None if before == _NO_COMMIT else before),
        # Of a pipeline for merged results, CI_COMMIT_SHA is a commit that nobody wrote.
        head=environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or environ.get("CI_COMMIT_SHA", ""),
        fork=source != target,
        # A job that is retried keeps its pipeline, and gets a higher number of its own.
        run=(number(environ.get("CI_PIPELINE_IID")) or 0, number(environ.get("CI_JOB_ID")) or 0),
        run_url=environ.get("CI_PIPELINE_URL", ""),
        default_branch=environ.get("CI_DEFAULT_BRANCH"),
        merged=False,
        head_repository=source,
        head_branch=environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", ""),
    )
