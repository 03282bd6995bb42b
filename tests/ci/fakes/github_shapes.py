"""What GitHub's API says of things, as far as anybody here reads it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from tests.ci.fakes.messages import Answer, FakeComment, FakeIssue, Request


@dataclass
class FakePull:
    number: int
    head_sha: str
    branch: str
    repository: str
    merge_sha: str | None = None
    open: bool = True


@dataclass
class FakeArtifact:
    id: int
    run: int
    name: str
    head_sha: str
    repository: str
    data: bytes
    event: str
    expired: bool = False
    made: str = field(default_factory=lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))


@dataclass
class Shapes:
    """Of the repository, on a server at `url`."""

    url: str
    repository: str

    def user(self, login: str) -> dict[str, Any]:
        kind = "Bot" if login.endswith("[bot]") else "User"
        return {"login": login, "id": sum(login.encode()), "type": kind, "url": f"{self.url}/users/{login}"}

    def comment(self, comment: FakeComment) -> dict[str, Any]:
        url = f"{self._repo}/issues/comments/{comment.id}"
        user = self.user(comment.author) if comment.author else None
        if user and comment.kind:
            user["type"] = comment.kind
        return {"id": comment.id, "url": url, "html_url": url, "body": comment.body, "user": user}

    def issue(self, issue: FakeIssue) -> dict[str, Any]:
        return {
            "number": issue.number,
            "url": f"{self._repo}/issues/{issue.number}",
            "html_url": f"https://github.com/{self.repository}/issues/{issue.number}",
            "title": issue.title,
            "body": issue.body,
            "state": "open" if issue.open else "closed",
            "labels": [{"name": each} for each in issue.labels],
            "user": self.user(issue.author),
        }

    def pull(self, pull: FakePull) -> dict[str, Any]:
        return {
            "number": pull.number,
            "url": f"{self._repo}/pulls/{pull.number}",
            "state": "open" if pull.open else "closed",
            "merged_at": "2026-11-20T10:00:00Z" if pull.merge_sha else None,
            "merge_commit_sha": pull.merge_sha,
            "head": {"ref": pull.branch, "sha": pull.head_sha, "repo": self.repo(pull.repository)},
            "base": {"ref": "main", "sha": "0" * 40, "repo": self.repo(self.repository)},
        }

    def repo(self, name: str) -> dict[str, Any]:
        return {"id": self._id(name), "full_name": name, "url": f"{self.url}/repos/{name}"}

    def run(self, artifact: FakeArtifact) -> dict[str, Any]:
        """The run that left the artifact."""
        url = f"{self._repo}/actions/runs/{artifact.run}"
        return {
            "id": artifact.run,
            "head_sha": artifact.head_sha,
            "event": artifact.event,
            "url": url,
            "html_url": f"https://github.com/{self.repository}/actions/runs/{artifact.run}",
            "artifacts_url": f"{url}/artifacts",
            "repository": self.repo(self.repository),
            "head_repository": self.repo(artifact.repository),
        }

    def artifact(self, artifact: FakeArtifact) -> dict[str, Any]:
        return {
            "id": artifact.id,
            "name": artifact.name,
            "size_in_bytes": len(artifact.data),
            "expired": artifact.expired,
            "created_at": artifact.made,
            "archive_download_url": f"{self._repo}/actions/artifacts/{artifact.id}/zip",
            "workflow_run": {
                "id": artifact.run,
                "repository_id": self._id(self.repository),
                "head_repository_id": self._id(artifact.repository),
                "head_branch": "change",
                "head_sha": artifact.head_sha,
            },
        }

    @property
    def _repo(self) -> str:
        return f"{self.url}/repos/{self.repository}"

    def _id(self, name: str) -> int:
        return 1 if name == self.repository else 2


def paged(request: Request, rows: list[dict[str, Any]], url: str, most: int, key: str | None) -> Answer:
    """The page that was asked for, and where the next one is."""
    size, page = min(most, int(request.query.get("per_page", "30"))), int(request.query.get("page", "1"))
    headers = {}
    if page * size < len(rows):
        others = "".join(f"&{name}={value}" for name, value in request.query.items() if name != "page")
        headers["Link"] = f'<{url}{request.path}?page={page + 1}{others}>; rel="next"'
    part = rows[(page - 1) * size : page * size]
    return Answer(200, {"total_count": len(rows), key: part} if key else part, headers)
