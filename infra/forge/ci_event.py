"""What the CI says of the run that this is part of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from llmdeploy.serving.errors import LlmdeployError


@dataclass(frozen=True, slots=True)
class CiEvent:
    """Why a job runs, and on what. Titles are not in it, and nothing of it is fit for a shell.

    `repository` is what the forge's API calls the repository that a pull request would change; `number` the
    pull request's. `base` and `head` are commits: what the change starts from and what it leads to. `run`
    grows with each run and, within it, with each attempt. Of a `workflow_run`, all tells of the awaited run.
    """

    forge: Literal["github", "gitlab"]
    repository: str
    number: int | None
    base: str | None
    head: str
    fork: bool
    run: tuple[int, int]
    run_url: str
    default_branch: str | None
    merged: bool
    head_repository: str = ""
    head_branch: str = ""


def ci_event(environ: Mapping[str, str]) -> CiEvent:
    """The event of the job that has this environment.

    Raises:
        LlmdeployError: this is no job of GitHub Actions or GitLab CI, or what it was told cannot be read.
    """
    from llmdeploy.infra.forge.events.github import github_event
    from llmdeploy.infra.forge.events.gitlab import gitlab_event

    if environ.get("GITHUB_EVENT_NAME"):
        return github_event(environ)
    if environ.get("GITLAB_CI"):
        return gitlab_event(environ)
    raise LlmdeployError(
        "this is no job of GitHub Actions or GitLab CI: neither GITHUB_EVENT_NAME nor GITLAB_CI is set",
        "run it in a pipeline; on your own machine use `llmdeploy preview`",
    )
