"""A fake gitlab.com for one project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.ci.fakes.forge_server import ForgeServer
from tests.ci.fakes.gitlab_shapes import FakeJob, FakeMergeRequest, Shapes, gitlab_fault, paged
from tests.ci.fakes.messages import Answer, FakeIssue, Request, zipped

BOT = "project_42_bot"


class FakeGitlab(ForgeServer):
    """GitLab, with the project 42; a fork's is 43. The token is of the project's bot."""

    comments_path = "/api/v4/projects/42/merge_requests/7/notes"
    project = 42
    fork = 43

    def __init__(self) -> None:
        super().__init__()
        self.merge_requests: list[FakeMergeRequest] = []
        self.jobs: list[FakeJob] = []
        project = "/api/v4/projects/42"
        notes = rf"{project}/merge_requests/(\d+)/notes"
        self.route("GET", "/api/v4/user", self._user)
        self.route("GET", notes, self._list_notes)
        self.route("POST", notes, self._create_note)
        self.route("PUT", rf"{notes}/(\d+)", self._edit_note)
        self.route("DELETE", rf"{notes}/(\d+)", self._delete_note)
        self.route("GET", rf"{project}/issues", self._list_issues)
        self.route("POST", rf"{project}/issues", self._create_issue)
        self.route("PUT", rf"{project}/issues/(\d+)", self._edit_issue)
        self.route("POST", rf"{project}/issues/(\d+)/notes", self._comment_issue)
        self.route("GET", rf"{project}/merge_requests", self._list_merge_requests)
        self.route("GET", rf"{project}/merge_requests/(\d+)", self._merge_request)
        self.route("GET", rf"{project}/repository/commits/(\w+)/merge_requests", self._of_commit)
        self.route("GET", rf"{project}/pipelines/(\d+)/jobs", self._list_jobs)
        self.route("GET", rf"{project}/jobs/(\d+)/artifacts", self._artifacts)
        self.route("GET", r"/storage/(\d+)", self._storage)

    @property
    def url(self) -> str:
        return f"{self.origin}/api/v4"

    def environ(self) -> dict[str, str]:
        """What a job needs to talk to this server."""
        return {"CI_API_V4_URL": self.url, "GITLAB_TOKEN": self.token, "CI_PROJECT_ID": "42"}

    def add_merge_request(
        self,
        number: int,
        head_sha: str,
        *,
        branch: str = "change",
        fork: bool = False,
        merge_sha: str | None = None,
    ) -> FakeMergeRequest:
        source = self.fork if fork else self.project
        request = FakeMergeRequest(number, head_sha, branch, source, self.new_id(), merge_sha)
        self.merge_requests.append(request)
        return request

    def add_artifact(self, name: str, head_sha: str, fork: bool, files: Mapping[str, bytes | str]) -> FakeJob:
        """What the job `name` left, in the pipeline of the merge request that has this head."""
        request = next(each for each in self.merge_requests if each.head_sha == head_sha)
        assert fork == (request.source == self.fork)
        job = FakeJob(self.new_id(), name, request.pipeline, zipped(files))
        self.jobs.append(job)
        return job

    def is_authorised(self, request: Request) -> bool:
        return request.path.startswith("/storage/") or request.headers.get("private-token") == self.token

    def fault_answer(self, kind: str) -> Answer:
        return gitlab_fault(kind)

    @property
    def _shapes(self) -> Shapes:
        return Shapes(self.project, BOT)

    def _page(self, request: Request, rows: list[dict[str, Any]]) -> Answer:
        return paged(request, rows, self.origin, self.page)

    def _user(self, request: Request) -> Answer:
        return Answer(200, self._shapes.user(BOT))

    def _list_notes(self, request: Request, number: str) -> Answer:
        rows = [self._shapes.note(each) for each in self.comments(int(number))]
        return self._page(request, rows if request.query.get("sort") == "asc" else rows[::-1])

    def _create_note(self, request: Request, number: str) -> Answer:
        return Answer(201, self._shapes.note(self.add_comment(int(number), request.body["body"], BOT)))

    def _edit_note(self, request: Request, number: str, note: str) -> Answer:
        found = next((each for each in self.comments(int(number)) if each.id == int(note)), None)
        if found is None:
            return Answer(404, {"message": "404 Not found"})
        found.body = request.body["body"]
        return Answer(200, self._shapes.note(found))

    def _delete_note(self, request: Request, number: str, note: str) -> Answer:
        found = next((each for each in self.comments(int(number)) if each.id == int(note)), None)
        if found is None:
            return Answer(404, {"message": "404 Not found"})
        self.comments(int(number)).remove(found)
        return Answer(204)

    def _list_issues(self, request: Request) -> Answer:
        label, author = request.query.get("labels"), request.query.get("author_id")
        rows = [
            self._shapes.issue(each)
            for each in self.issues
            if label in (None, *each.labels) and author in (None, str(self._shapes.user(each.author)["id"]))
        ]
        return self._page(request, rows if request.query.get("sort") == "asc" else rows[::-1])

    def _create_issue(self, request: Request) -> Answer:
        told = request.body
        issue = FakeIssue(self.new_id(), told["title"], told["description"], BOT, _labels(told["labels"]))
        self.issues.append(issue)
        return Answer(201, self._shapes.issue(issue))

    def _edit_issue(self, request: Request, number: str) -> Answer:
        issue = next(each for each in self.issues if each.number == int(number))
        issue.body = request.body.get("description", issue.body)
        event = request.body.get("state_event")
        issue.open = issue.open if event is None else event == "reopen"
        return Answer(200, self._shapes.issue(issue))

    def _comment_issue(self, request: Request, number: str) -> Answer:
        issue = next(each for each in self.issues if each.number == int(number))
        comment = self.add_comment(-issue.number, request.body["body"], BOT)
        issue.comments.append(comment)
        return Answer(201, self._shapes.note(comment))

    def _list_merge_requests(self, request: Request) -> Answer:
        branch = request.query.get("source_branch")
        rows = [
            self._shapes.merge_request(each)
            for each in self.merge_requests
            if branch in (None, each.branch) and each.merge_sha is None
        ]
        return self._page(request, rows)

    def _merge_request(self, request: Request, number: str) -> Answer:
        found = next((each for each in self.merge_requests if each.number == int(number)), None)
        if found is None:
            return Answer(404, {"message": "404 Not found"})
        return Answer(200, self._shapes.merge_request(found, whole=True))

    def _of_commit(self, request: Request, commit: str) -> Answer:
        rows = [
            self._shapes.merge_request(each)
            for each in self.merge_requests
            if commit in (each.merge_sha, each.head_sha)
        ]
        return self._page(request, rows)

    def _list_jobs(self, request: Request, pipeline: str) -> Answer:
        jobs = [each for each in self.jobs if each.pipeline == int(pipeline)]
        return self._page(request, [self._shapes.job(each) for each in jobs])

    def _artifacts(self, request: Request, job: str) -> Answer:
        return Answer(302, {}, {"Location": f"{self.origin}/storage/{job}?sig=fake"})

    def _storage(self, request: Request, job: str) -> Answer:
        """Object storage, which has no business with the token."""
        if "private-token" in request.headers:
            return Answer(400, {"message": "a token came along"})
        found = next((each for each in self.jobs if each.id == int(job)), None)
        return Answer(200, found.data) if found else Answer(404, {"message": "404 Not found"})


def _labels(told: object) -> list[str]:
    return told.split(",") if isinstance(told, str) else list(told)  # type: ignore[call-overload]
