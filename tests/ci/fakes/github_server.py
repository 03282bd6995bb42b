"""A fake api.github.com for one repository."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.ci.fakes.forge_server import ForgeServer
from tests.ci.fakes.github_faults import github_fault
from tests.ci.fakes.github_shapes import FakeArtifact, FakePull, Shapes, paged
from tests.ci.fakes.messages import Answer, FakeComment, FakeIssue, Request, zipped

BOT = "github-actions[bot]"


class FakeGithub(ForgeServer):
    """GitHub, with the repository `acme/serving` (id 1); a fork's is `stranger/serving` (id 2).

    Without a `login` the token is that of GitHub Actions: it may not ask whose it is.
    """

    comments_path = "/repos/acme/serving/issues/7/comments"
    repository = "acme/serving"
    fork = "stranger/serving"

    def __init__(self, *, login: str | None = None) -> None:
        super().__init__()
        self.login = login
        self.pulls: list[FakePull] = []
        self.artifacts: list[FakeArtifact] = []
        repo = "/repos/acme/serving"
        self.route("GET", "/user", self._user)
        self.route("GET", rf"{repo}/issues/(\d+)/comments", self._list_comments)
        self.route("POST", rf"{repo}/issues/(\d+)/comments", self._create_comment)
        self.route("PATCH", rf"{repo}/issues/comments/(\d+)", self._edit_comment)
        self.route("DELETE", rf"{repo}/issues/comments/(\d+)", self._delete_comment)
        self.route("GET", rf"{repo}/issues", self._list_issues)
        self.route("POST", rf"{repo}/issues", self._create_issue)
        self.route("PATCH", rf"{repo}/issues/(\d+)", self._edit_issue)
        self.route("GET", rf"{repo}/pulls", self._list_pulls)
        self.route("GET", rf"{repo}/commits/(\w+)/pulls", self._pulls_of_commit)
        self.route("GET", rf"{repo}/actions/runs", self._list_runs)
        self.route("GET", rf"{repo}/actions/runs/(\d+)/artifacts", self._list_artifacts)
        self.route("GET", rf"{repo}/actions/artifacts/(\d+)/zip", self._artifact_zip)
        self.route("GET", r"/blob/(\d+)", self._blob)

    @property
    def url(self) -> str:
        return self.origin

    def environ(self) -> dict[str, str]:
        """What a job needs to talk to this server."""
        return {"GITHUB_API_URL": self.url, "GITHUB_TOKEN": self.token, "GITHUB_REPOSITORY": self.repository}

    def add_pull(
        self,
        number: int,
        head_sha: str,
        *,
        branch: str = "change",
        fork: bool = False,
        merge_sha: str | None = None,
    ) -> FakePull:
        repository = self.fork if fork else self.repository
        pull = FakePull(number, head_sha, branch, repository, merge_sha, open=merge_sha is None)
        self.pulls.append(pull)
        return pull

    def add_artifact(
        self,
        name: str,
        head_sha: str,
        fork: bool,
        files: Mapping[str, bytes | str],
        *,
        event: str = "pull_request",
    ) -> FakeArtifact:
        """What a run left behind, of its own run each."""
        repository = self.fork if fork else self.repository
        artifact = FakeArtifact(
            self.new_id(), self.new_id(), name, head_sha, repository, zipped(files), event
        )
        self.artifacts.append(artifact)
        return artifact

    def is_authorised(self, request: Request) -> bool:
        if request.path.startswith("/blob/"):
            return True
        return request.headers.get("authorization") in (f"token {self.token}", f"Bearer {self.token}")

    def fault_answer(self, kind: str) -> Answer:
        return github_fault(kind)

    def _user(self, request: Request) -> Answer:
        if self.login is None:
            return Answer(403, {"message": "Resource not accessible by integration"})
        return Answer(200, self._shapes.user(self.login))

    @property
    def _shapes(self) -> Shapes:
        return Shapes(self.url, self.repository)

    def _page(self, request: Request, rows: list[dict[str, Any]], key: str | None = None) -> Answer:
        return paged(request, rows, self.url, self.page, key)

    def _list_comments(self, request: Request, number: str) -> Answer:
        return self._page(request, [self._shapes.comment(each) for each in self.comments(int(number))])

    def _create_comment(self, request: Request, number: str) -> Answer:
        issue = next((each for each in self.issues if each.number == int(number)), None)
        comment = self.add_comment(int(number), request.body["body"], self.login or BOT)
        if issue:
            issue.comments.append(comment)
        return Answer(201, self._shapes.comment(comment))

    def _found(self, comment: str) -> tuple[list[FakeComment], FakeComment] | None:
        every = ((of, each) for of in self._comments.values() for each in of)
        return next(((of, each) for of, each in every if each.id == int(comment)), None)

    def _edit_comment(self, request: Request, comment: str) -> Answer:
        found = self._found(comment)
        if found is None:
            return Answer(404, {"message": "Not Found"})
        found[1].body = request.body["body"]
        return Answer(200, self._shapes.comment(found[1]))

    def _delete_comment(self, request: Request, comment: str) -> Answer:
        found = self._found(comment)
        if found is None:
            return Answer(404, {"message": "Not Found"})
        found[0].remove(found[1])
        return Answer(204)

    def _list_issues(self, request: Request) -> Answer:
        state, label = request.query.get("state", "open"), request.query.get("labels", "")
        rows = [
            self._shapes.issue(each)
            for each in self.issues
            if (state == "all" or each.open == (state == "open")) and (not label or label in each.labels)
        ]
        return self._page(request, rows)

    def _create_issue(self, request: Request) -> Answer:
        told = request.body
        issue = FakeIssue(
            self.new_id(), told["title"], told["body"], self.login or BOT, told.get("labels", [])
        )
        self.issues.append(issue)
        return Answer(201, self._shapes.issue(issue))

    def _edit_issue(self, request: Request, number: str) -> Answer:
        issue = next((each for each in self.issues if each.number == int(number)), None)
        if issue is None:
            return Answer(404, {"message": "Not Found"})
        issue.body = request.body.get("body", issue.body)
        issue.open = request.body.get("state", "open" if issue.open else "closed") == "open"
        return Answer(200, self._shapes.issue(issue))

    def _list_pulls(self, request: Request) -> Answer:
        state, head = request.query.get("state", "open"), request.query.get("head")
        rows = [
            self._shapes.pull(each)
            for each in self.pulls
            if (state == "all" or each.open == (state == "open"))
            and head in (None, f"{each.repository.partition('/')[0]}:{each.branch}")
        ]
        return self._page(request, rows)

    def _pulls_of_commit(self, request: Request, commit: str) -> Answer:
        """The merged one that brought it; of open ones only those of this repository's branches."""
        rows = [
            self._shapes.pull(each)
            for each in self.pulls
            if each.merge_sha == commit
            or (each.open and each.head_sha == commit and each.repository == self.repository)
        ]
        return self._page(request, rows)

    def _list_runs(self, request: Request) -> Answer:
        sha, event = request.query.get("head_sha"), request.query.get("event")
        runs = {
            each.run: self._shapes.run(each)
            for each in self.artifacts
            if sha in (None, each.head_sha) and event in (None, each.event)
        }
        return self._page(request, list(runs.values()), "workflow_runs")

    def _list_artifacts(self, request: Request, run: str) -> Answer:
        rows = [self._shapes.artifact(each) for each in self.artifacts if each.run == int(run)]
        return self._page(request, rows, "artifacts")

    def _artifact_zip(self, request: Request, artifact: str) -> Answer:
        return Answer(302, {}, {"Location": f"{self.url}/blob/{artifact}?sig=fake"})

    def _blob(self, request: Request, artifact: str) -> Answer:
        """The storage, which refuses a request with two authorisations."""
        if "authorization" in request.headers:
            return Answer(400, {"message": "InvalidAuthenticationInfo"})
        found = next((each for each in self.artifacts if each.id == int(artifact)), None)
        return Answer(200, found.data) if found else Answer(404, {"message": "Not Found"})
