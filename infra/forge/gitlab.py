"""GitLab, through python-gitlab."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

from llmdeploy.infra.forge.ci_event import CiEvent
from llmdeploy.infra.forge.download import download
from llmdeploy.infra.forge.gitlab_failure import gitlab_failure, refusing_session
from llmdeploy.infra.forge.patience import Patience
from llmdeploy.infra.forge.protocol import Archive, Comment, Issue, PullRequest

T = TypeVar("T")

PREVIEW_JOB: Final = "llmdeploy-preview"
"""The job whose artifacts hold the plans."""

_OLDEST_FIRST: Final[dict[str, Any]] = {"order_by": "created_at", "sort": "asc"}


class GitlabForge:
    """A project on GitLab."""

    name = "GitLab"

    def __init__(self, api: str, project: str, token: str, patience: Patience) -> None:
        import gitlab

        self._api, self._token, self._patience = api.rstrip("/"), token, patience
        self._client = gitlab.Gitlab(
            self._api.removesuffix("/api/v4"),
            private_token=token,
            timeout=patience.request_s,
            per_page=100,
            session=refusing_session(),
        )
        self._project = self._client.projects.get(project, lazy=True)

    def comments(self, number: int) -> list[Comment]:
        def ask() -> list[Comment]:
            notes = self._notes(number).list(get_all=True, **_OLDEST_FIRST)
            return [
                Comment(note.id, note.body, note.author["id"] == self._me, note.author["username"])
                for note in notes
                if not note.system
            ]

        return self._ask(f"listing the comments of {number}", ask)

    def create_comment(self, number: int, body: str) -> None:
        self._ask(f"commenting on {number}", lambda: self._notes(number).create({"body": body}))

    def update_comment(self, number: int, comment: int, body: str) -> None:
        self._ask(
            f"changing the comment on {number}",
            lambda: self._notes(number).update(comment, {"body": body}),
        )

    def delete_comment(self, number: int, comment: int) -> None:
        self._ask(f"deleting a comment on {number}", lambda: self._notes(number).delete(comment))

    def issues(self, label: str) -> list[Issue]:
        def ask() -> list[Issue]:
            listed = self._project.issues.list(
                get_all=True, labels=[label], author_id=self._me, scope="all", **_OLDEST_FIRST
            )
            return [Issue(each.iid, each.description or "", each.state == "opened") for each in listed]

        return self._ask(f"listing the issues labelled {label}", ask)

    def create_issue(self, title: str, body: str, label: str) -> None:
        issue = {"title": title, "description": body, "labels": [label]}
        self._ask("opening an issue", lambda: self._project.issues.create(issue))

    def update_issue(self, number: int, *, body: str | None = None, open: bool | None = None) -> None:  # noqa: A002
        change: dict[str, Any] = {} if body is None else {"description": body}
        if open is not None:
            change["state_event"] = "reopen" if open else "close"
        self._ask(f"changing issue {number}", lambda: self._project.issues.update(number, change))

    def comment_issue(self, number: int, body: str) -> None:
        issue = self._project.issues.get(number, lazy=True)
        self._ask(f"commenting on issue {number}", lambda: issue.notes.create({"body": body}))

    def merged_by(self, commit: str) -> list[PullRequest]:
        def ask() -> list[PullRequest]:
            listed = self._project.commits.get(commit, lazy=True).merge_requests(get_all=True)
            return [_pull(each) for each in listed if each["state"] == "merged"]

        return self._ask(f"asking which merge request brought {commit[:12]}", ask)

    def open_at(self, event: CiEvent) -> list[PullRequest]:
        def ask() -> list[PullRequest]:
            listed = self._project.mergerequests.list(
                get_all=True, state="opened", source_branch=event.head_branch, scope="all"
            )
            return [
                _pull(each.attributes)
                for each in listed
                if each.sha == event.head and str(each.source_project_id) == event.head_repository
            ]

        return self._ask(f"asking which merge request proposes {event.head[:12]}", ask)

    def archives(self, pull: PullRequest) -> list[Archive]:
        """Those of the head pipeline, which GitLab keeps for the last commit alone."""

        def ask() -> list[Archive]:
            request = self._project.mergerequests.get(pull.number)
            pipeline = request.head_pipeline
            if not pipeline or request.sha != pull.head:
                return []
            if not (request.source_project_id == request.target_project_id == pipeline["project_id"]):
                return [Archive("", pipeline["web_url"], "", trusted=False)]
            jobs = self._project.pipelines.get(pipeline["id"], lazy=True).jobs.list(get_all=True)
            return [self._archive(job, pipeline["web_url"]) for job in jobs if job.name == PREVIEW_JOB]

        return self._ask(f"listing the plans of {pull.number}", ask)

    def download(self, archive: Archive, file: Path, limit: int) -> None:
        headers = {"PRIVATE-TOKEN": self._token}
        download(self._patience, "downloading the plans", archive.url, headers, file, limit)

    def _archive(self, job: Any, run_url: str) -> Archive:
        url = f"{self._api}/projects/{self._project.encoded_id}/jobs/{job.id}/artifacts"
        has_files = job.attributes.get("artifacts_file") is not None
        return Archive(url, run_url, job.created_at, trusted=True, expired=not has_files)

    def _notes(self, number: int) -> Any:
        return self._project.mergerequests.get(number, lazy=True).notes

    def _ask(self, what: str, question: Callable[[], T]) -> T:
        return self._patience.ask(what, question, gitlab_failure)

    @cached_property
    def _me(self) -> int:
        def ask() -> Any:
            return self._client.http_get("/user")

        return int(self._ask("asking whose token it is", ask)["id"])


def _pull(request: dict[str, Any]) -> PullRequest:
    fork = request["source_project_id"] != request["target_project_id"]
    return PullRequest(request["iid"], request["sha"], fork, request["state"] == "merged")
