"""What GitLab's API says of things, as far as anybody here reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.ci.fakes.messages import Answer, FakeComment, FakeIssue, Request


@dataclass
class FakeMergeRequest:
    number: int
    head_sha: str
    branch: str
    source: int
    pipeline: int
    merge_sha: str | None = None
    pipeline_project: int | None = None
    """Where the pipeline ran, when not at the source."""


@dataclass
class FakeJob:
    id: int
    name: str
    pipeline: int
    data: bytes
    expired: bool = False


@dataclass
class Shapes:
    """Of a project, and of the token's owner."""

    project: int
    bot: str

    def user(self, name: str) -> dict[str, Any]:
        return {"id": sum(name.encode()), "username": name, "name": name, "bot": name == self.bot}

    def note(self, comment: FakeComment) -> dict[str, Any]:
        author = self.user(comment.author)
        return {"id": comment.id, "body": comment.body, "author": author, "system": comment.system}

    def issue(self, issue: FakeIssue) -> dict[str, Any]:
        return {
            "id": issue.number + 5000,
            "iid": issue.number,
            "project_id": self.project,
            "title": issue.title,
            "description": issue.body,
            "state": "opened" if issue.open else "closed",
            "labels": issue.labels,
            "author": self.user(issue.author),
        }

    def merge_request(self, request: FakeMergeRequest, *, whole: bool = False) -> dict[str, Any]:
        """Lists leave the pipeline out."""
        told = {
            "id": request.number + 7000,
            "iid": request.number,
            "project_id": self.project,
            "source_project_id": request.source,
            "target_project_id": self.project,
            "source_branch": request.branch,
            "target_branch": "main",
            "sha": request.head_sha,
            "merge_commit_sha": request.merge_sha,
            "state": "merged" if request.merge_sha else "opened",
        }
        pipeline = {
            "id": request.pipeline,
            "project_id": request.pipeline_project or request.source,
            "sha": request.head_sha,
            "web_url": f"https://gitlab.com/acme/serving/-/pipelines/{request.pipeline}",
        }
        return {**told, "head_pipeline": pipeline} if whole else told

    def job(self, job: FakeJob) -> dict[str, Any]:
        file = None if job.expired else {"filename": "artifacts.zip", "size": len(job.data)}
        return {
            "id": job.id,
            "name": job.name,
            "status": "success",
            "created_at": f"2026-11-20T10:00:00.{job.id:03}Z",
            **({"artifacts_file": file} if file else {}),
        }


def paged(request: Request, rows: list[dict[str, Any]], origin: str, most: int) -> Answer:
    """The page that was asked for, and where the next one is."""
    size, page = min(most, int(request.query.get("per_page", "20"))), int(request.query.get("page", "1"))
    headers = {"X-Page": str(page), "X-Per-Page": str(size), "X-Next-Page": ""}
    if page * size < len(rows):
        others = "".join(f"&{name}={value}" for name, value in request.query.items() if name != "page")
        headers["Link"] = f'<{origin}{request.path}?page={page + 1}{others}>; rel="next"'
        headers["X-Next-Page"] = str(page + 1)
    return Answer(200, rows[(page - 1) * size : page * size], headers)


def gitlab_fault(kind: str) -> Answer:
    """How GitLab refuses."""
    match kind:
        case "429" | "secondary" | "primary":
            return Answer(429, {"message": "Too many requests"}, {"Retry-After": "1"})
        case "readonly":
            return Answer(403, {"message": "403 Forbidden"})
        case "unauthorized":
            return Answer(401, {"message": "401 Unauthorized"})
        case "html":
            return Answer(502, b"<html><body>Whoops</body></html>", {"Content-Type": "text/html"})
        case _:
            return Answer(int(kind), {"message": "500 Internal Server Error"})
