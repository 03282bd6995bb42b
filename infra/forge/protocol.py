"""What the rest of llmdeploy knows of a forge. A pull request is a merge request too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from llmdeploy.infra.forge.ci_event import CiEvent


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment below a pull request. `mine` is whether the token's owner wrote it."""

    id: int
    body: str
    mine: bool
    author: str


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue that the token's owner opened."""

    number: int
    body: str
    open: bool


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request. `head` is the last commit that it proposes, `fork` whether of another repository."""

    number: int
    head: str
    fork: bool
    merged: bool


@dataclass(frozen=True, slots=True)
class Archive:
    """A zip of plans that a run left behind. `trusted` is whether the run was of the repository's own code,
    at the very commit that was asked about; `made` sorts."""

    url: str
    run_url: str
    made: str
    trusted: bool
    expired: bool = False


class Forge(Protocol):
    """A repository on GitHub or GitLab. Every method asks over the network, and is patient with what passes.

    Raises:
        ForgeForbidden: the token may not do that.
        Gone: there is no such thing.
        ForgeUnusable: the forge does not answer, or not in time.
    """

    @property
    def name(self) -> str:
        """What people call the forge: GitHub or GitLab."""

    def comments(self, number: int) -> list[Comment]:
        """All comments of a pull request, the oldest first."""

    def create_comment(self, number: int, body: str) -> None:
        """Can make two when an answer is lost; whoever needs just one has to look again."""

    def update_comment(self, number: int, comment: int, body: str) -> None: ...

    def delete_comment(self, number: int, comment: int) -> None: ...

    def issues(self, label: str) -> list[Issue]:
        """The token's owner's issues with a label, closed ones too, the oldest first."""

    def create_issue(self, title: str, body: str, label: str) -> None:
        """Can make two when an answer is lost; whoever needs just one has to look again."""

    def update_issue(self, number: int, *, body: str | None = None, open: bool | None = None) -> None: ...  # noqa: A002

    def comment_issue(self, number: int, body: str) -> None: ...

    def merged_by(self, commit: str) -> list[PullRequest]:
        """The merged pull requests that brought a commit."""

    def open_at(self, event: CiEvent) -> list[PullRequest]:
        """The open pull requests that propose an event's commit from its repository and branch."""

    def archives(self, pull: PullRequest) -> Sequence[Archive]:
        """The plans that runs at a pull request's last commit left behind."""

    def download(self, archive: Archive, file: Path, limit: int) -> None:
        """Write an archive into a file. More than `limit` bytes raise ForgeUnusable."""
