"""A pull request on the GitHub that runs here, from the first push to the merge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.ci.fakes.github_server import FakeGithub, FakePull
from tests.ci.steps.project import Project, recorded
from tests.ci.steps.run import Job
from tests.ci.steps.workflow import run_workflow

NUMBER = 7


@dataclass
class PullRequest:
    """Pull request 7 of a project.

    Args:
        title, branch: whatever its author likes.
    """

    project: Project
    github: FakeGithub
    title: str = "Serve chat"
    branch: str = "chat"
    fork: bool = False
    pull: FakePull | None = None
    pushes: int = 0

    def push(self, files: Mapping[str, str | None]) -> str:
        """Commit files on the branch, and let GitHub know."""
        head = self.project.commit(files, self.branch)
        if self.pull is None:
            self.pull = self.github.add_pull(NUMBER, head, branch=self.branch, fork=self.fork)
        self.pull.head_sha = head
        self.pushes += 1
        return head

    def event(self) -> dict[str, Any]:
        """What GitHub sends about it."""
        assert self.pull is not None
        ours = "pull_request.synchronize" if self.pushes > 1 else "pull_request.opened"
        return recorded(
            "pull_request.fork" if self.fork else ours,
            pull_request__title=self.title,
            pull_request__head__ref=self.branch,
            pull_request__head__sha=self.pull.head_sha,
            pull_request__base__sha=self.project.git("rev-parse", "main"),
        )

    def preview(self, **inputs: str) -> Job:
        """The preview's job of the last push; what it leaves behind is kept by GitHub."""
        ran = run_workflow(
            self.project,
            "llmdeploy-preview",
            "pull_request",
            self.event(),
            more_inputs={"preview": inputs},
        )
        job = ran["preview"][0]
        assert self.pull is not None
        for name, files in job.machine.artifacts.items():
            self.github.add_artifact(name, self.pull.head_sha, self.fork, files)
        return job

    def merge(self, edits: Mapping[str, str | None] | None = None) -> dict[str, Any]:
        """Merge it; the event of the push.

        Args:
            edits: what the merge changes besides.
        """
        before, after = self.project.merge(self.branch)
        after = self.project.commit(edits) if edits else after
        assert self.pull is not None
        self.pull.merge_sha, self.pull.open = after, False
        return recorded("push", before=before, after=after)

    def apply(self, push: dict[str, Any], **inputs: str) -> dict[str, list[Job]]:
        """The jobs of the merge; in simulated clouds."""
        return run_workflow(
            self.project,
            "llmdeploy-apply",
            "push",
            push,
            sha=push["after"],
            more_inputs={"apply": {"simulate": "true", **inputs}},
        )

    def comments(self) -> list[str]:
        """What is said below it."""
        return [comment.body for comment in self.github.comments(NUMBER)]
