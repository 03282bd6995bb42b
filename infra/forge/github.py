"""GitHub, through PyGithub."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from llmdeploy.infra.forge.ci_event import CiEvent
from llmdeploy.infra.forge.download import download
from llmdeploy.infra.forge.errors import ForgeForbidden
from llmdeploy.infra.forge.github_failure import github_failure
from llmdeploy.infra.forge.patience import Patience
from llmdeploy.infra.forge.protocol import Archive, Comment, Issue, PullRequest

if TYPE_CHECKING:
    from github.Artifact import Artifact
    from github.PullRequest import PullRequest as Pull
    from github.Repository import Repository

T = TypeVar("T")

ACTIONS_BOT: Final = "github-actions[bot]"
PLANS: Final = "llmdeploy-plans"
"""The artifact that a preview leaves."""


class GithubForge:
    """A repository on GitHub.

    Args:
        login: whose comments are ours; asked of GitHub when empty.
    """

    name = "GitHub"

    def __init__(self, api: str, repository: str, token: str, patience: Patience, login: str = "") -> None:
        import github

        self._token, self._patience, self._given_login = token, patience, login
        client = github.Github(
            base_url=api,
            auth=github.Auth.Token(token),
            timeout=patience.request_s,
            retry=None,  # patience is what tries again
            per_page=100,
            seconds_between_requests=None,
            lazy=True,
        )
        self._client = client
        self._repository: Repository = client.get_repo(repository)

    def comments(self, number: int) -> list[Comment]:
        def ask() -> list[Comment]:
            return [
                Comment(each.id, each.body or "", self._is_me(each.user), _login(each.user))
                for each in self._repository.get_issue(number).get_comments()
            ]

        return self._ask(f"listing the comments of {number}", ask)

    def create_comment(self, number: int, body: str) -> None:
        issue = self._repository.get_issue(number)
        self._ask(f"commenting on {number}", lambda: issue.create_comment(body))

    def update_comment(self, number: int, comment: int, body: str) -> None:
        known = self._repository.get_issue(number).get_comment(comment)
        self._ask(f"changing the comment on {number}", lambda: known.edit(body))

    def delete_comment(self, number: int, comment: int) -> None:
        known = self._repository.get_issue(number).get_comment(comment)
        self._ask(f"deleting a comment on {number}", known.delete)

    def issues(self, label: str) -> list[Issue]:
        def ask() -> list[Issue]:
            listed = self._repository.get_issues(state="all", labels=[label], sort="created", direction="asc")
            return [
                Issue(each.number, each.body or "", each.state == "open")
                for each in listed
                if self._is_me(each.user) and "/pull/" not in each.html_url
            ]

        return self._ask(f"listing the issues labelled {label}", ask)

    def create_issue(self, title: str, body: str, label: str) -> None:
        self._ask(
            "opening an issue",
            lambda: self._repository.create_issue(title=title, body=body, labels=[label]),
        )

    def update_issue(self, number: int, *, body: str | None = None, open: bool | None = None) -> None:  # noqa: A002
        import github

        unset = github.GithubObject.NotSet
        state = unset if open is None else ("open" if open else "closed")
        issue = self._repository.get_issue(number)
        self._ask(
            f"changing issue {number}",
            lambda: issue.edit(body=unset if body is None else body, state=state),
        )

    def comment_issue(self, number: int, body: str) -> None:
        self.create_comment(number, body)

    def merged_by(self, commit: str) -> list[PullRequest]:
        def ask() -> list[PullRequest]:
            return [_pull(each) for each in self._repository.get_commit(commit).get_pulls() if each.merged_at]

        return self._ask(f"asking which pull request brought {commit[:12]}", ask)

    def open_at(self, event: CiEvent) -> list[PullRequest]:
        owner = event.head_repository.partition("/")[0]

        def ask() -> list[PullRequest]:
            return [
                _pull(each)
                for each in self._repository.get_pulls(state="open", head=f"{owner}:{event.head_branch}")
                if each.head.sha == event.head and _repository(each.head) == event.head_repository
            ]

        return self._ask(f"asking which pull request proposes {event.head[:12]}", ask)

    def archives(self, pull: PullRequest) -> list[Archive]:
        def ask() -> list[Archive]:
            runs = self._repository.get_workflow_runs(head_sha=pull.head, event="pull_request")
            return [
                _archive(artifact, run.html_url, pull.head)
                for run in runs
                for artifact in run.get_artifacts()
                if artifact.name == PLANS
            ]

        return self._ask(f"listing the plans of {pull.number}", ask)

    def download(self, archive: Archive, file: Path, limit: int) -> None:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/vnd.github+json"}
        download(self._patience, "downloading the plans", archive.url, headers, file, limit)

    def _ask(self, what: str, question: Callable[[], T]) -> T:
        return self._patience.ask(what, question, github_failure)

    def _is_me(self, user: Any) -> bool:
        if _login(user).lower() != self._login.lower():
            return False
        return not self._login.endswith("[bot]") or user.type == "Bot"

    @cached_property
    def _login(self) -> str:
        """Ours. The token of GitHub Actions may not ask whose it is; its comments are the bot's."""
        if self._given_login:
            return self._given_login
        try:
            return self._ask("asking whose token it is", lambda: self._client.get_user().login)
        except ForgeForbidden:
            return ACTIONS_BOT


# GitHub says null where a user or a fork is deleted, which PyGithub's types do not know.
def _login(user: Any) -> str:
    return user.login if user else ""


def _repository(end: Any) -> str:
    return end.repo.full_name if end.repo else ""


def _pull(pull: Pull) -> PullRequest:
    fork = _repository(pull.head) != _repository(pull.base)
    return PullRequest(pull.number, pull.head.sha, fork, pull.merged_at is not None)


def _archive(artifact: Artifact, run_url: str, head: str) -> Archive:
    run: Any = artifact.workflow_run
    own = run.head_sha == head and run.head_repository_id == run.repository_id if run else False
    made = artifact.created_at.isoformat()
    return Archive(artifact.archive_download_url, run_url, made, trusted=own, expired=artifact.expired)
