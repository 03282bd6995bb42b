"""A repository with specs on a GitHub that runs here, and the events that it sends."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

EVENTS = Path(__file__).parents[1] / "events"
_IDENTITY = ("-c", "user.name=Dana", "-c", "user.email=dana@example.com")


def recorded(name: str, **changes: Any) -> dict[str, Any]:
    """An event as GitHub sent it once, with other values at some places: `pull_request__head__sha="…"`."""
    event = json.loads((EVENTS / f"{name}.json").read_text())
    for path, value in changes.items():
        *to, last = path.split("__")
        place = event
        for key in to:
            place = place[key]
        assert last in place, path
        place[last] = value
    return event


@dataclass
class Project:
    """A repository, and the home that stands for what its jobs share: clouds, and the state.

    Args:
        api: where the forge's API answers.
    """

    folder: Path
    api: str
    token: str
    passphrase: str = "correct horse battery staple"
    runs: int = 0
    machines: int = 0
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.origin.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch", "main")
        self.git("config", "uploadpack.allowAnySHA1InWant", "true")
        self.git("commit", "--quiet", "--allow-empty", "--message", "Begin")

    @property
    def origin(self) -> Path:
        return self.folder / "origin"

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *_IDENTITY, *arguments], cwd=self.origin, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, files: Mapping[str, str | None], branch: str = "main") -> str:
        """The commit of these files on a branch, which begins at main; None deletes one."""
        known = self.git("branch", "--list", "--format=%(refname:short)").splitlines()
        self.git("checkout", "--quiet", *([branch] if branch in known else ["-b", branch, "main"]))
        for name, text in files.items():
            file = self.origin / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.unlink() if text is None else file.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "Change specs")
        return self.head()

    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    def merge(self, branch: str) -> tuple[str, str]:
        """What main was before and after."""
        self.git("checkout", "--quiet", "main")
        before = self.head()
        self.git("merge", "--quiet", "--no-ff", "--message", "Merge", branch)
        return before, self.head()

    def environ_of(self, event_name: str, sha: str) -> dict[str, str]:
        """What GitHub tells every program of the next run."""
        self.runs += 1
        home = self.folder / "home"
        cache = os.environ.get("LLMDEPLOY_CACHE", str(Path.home() / ".cache" / "llmdeploy"))
        return {
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "LLMDEPLOY_HOME": str(home),
            "LLMDEPLOY_CACHE": cache,
            # No test asks whether it runs in a cloud.
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_GCE_CHECK": "true",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.api,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": "acme/serving",
            "GITHUB_EVENT_NAME": event_name,
            "GITHUB_SHA": sha,
            "GITHUB_RUN_ID": str(5_512_345_000 + self.runs),
            "GITHUB_RUN_NUMBER": str(self.runs),
            "GITHUB_RUN_ATTEMPT": "1",
            **self.environ,
        }
