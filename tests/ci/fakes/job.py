"""A job of a pipeline that talks to a fake forge, without waiting for real."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.ci.fakes.forge_server import ForgeServer
from tests.ci.fakes.github_server import FakeGithub

from llmdeploy.infra.forge.ci_event import CiEvent
from llmdeploy.infra.forge.github import GithubForge
from llmdeploy.infra.forge.gitlab import GitlabForge
from llmdeploy.infra.forge.patience import Patience
from llmdeploy.infra.forge.protocol import Forge
from llmdeploy.infra.forge.sticky import Put, put_comment

HEAD = "a" * 40
MERGE = "f" * 40


@dataclass
class Job:
    """Run `run` for pull request 7. `waits` are the seconds that it would have slept, `log` what it said."""

    server: ForgeServer
    run: tuple[int, int] = (5, 1)
    patience_s: float = 60
    waits: list[float] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    @property
    def event(self) -> CiEvent:
        github = isinstance(self.server, FakeGithub)
        return CiEvent(
            forge="github" if github else "gitlab",
            repository="acme/serving" if github else "42",
            number=7,
            base=None,
            head=HEAD,
            fork=False,
            run=self.run,
            run_url="",
            default_branch="main",
            merged=False,
        )

    @property
    def forge(self) -> Forge:
        server, repository = self.server, self.event.repository
        patience = Patience("the forge", self.patience_s, self.log.append, sleep=self.waits.append)
        if isinstance(server, FakeGithub):
            return GithubForge(server.url, repository, server.token, patience)
        return GitlabForge(f"{server.origin}/api/v4", repository, server.token, patience)

    def put(self, body: str, key: str = "preview") -> Put:
        return put_comment(self.forge, self.event, key, body, self.log.append)
