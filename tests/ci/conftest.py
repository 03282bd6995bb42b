"""The fake forges, and a repository on one of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ci.fakes.forge_server import ForgeServer
from tests.ci.fakes.github_server import FakeGithub
from tests.ci.fakes.gitlab_server import FakeGitlab
from tests.ci.steps.project import Project


@pytest.fixture
def github() -> Iterator[FakeGithub]:
    with FakeGithub() as server:
        yield server


@pytest.fixture
def gitlab() -> Iterator[FakeGitlab]:
    with FakeGitlab() as server:
        yield server


@pytest.fixture(params=[FakeGithub, FakeGitlab], ids=["github", "gitlab"])
def forge(request: pytest.FixtureRequest) -> Iterator[ForgeServer]:
    """Each of them."""
    with request.param() as server:
        yield server


@pytest.fixture
def project(tmp_path: Path, github: FakeGithub) -> Project:
    """A repository on GitHub."""
    return Project(tmp_path, github.url, github.token)
