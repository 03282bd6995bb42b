"""The plans that were reviewed before a merge."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from llmdeploy.infra.forge.ci_event import CiEvent
from llmdeploy.infra.forge.plan_archive import ArchiveUnusable, unpack_plans
from llmdeploy.infra.forge.protocol import Archive, Forge, PullRequest

_LIMIT: Final = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Found:
    """Plans of a pull request's last commit, each STACK.plan.json. `run_url` is the run that made them."""

    files: tuple[Path, ...]
    number: int
    head: str
    run_url: str


@dataclass(frozen=True, slots=True)
class NotFound:
    """No plans that may be trusted; `reason` is a sentence without its stop."""

    reason: str


def fetch_reviewed_plans(forge: Forge, event: CiEvent, into: Path) -> Found | NotFound:
    """Fetch into a folder what the preview of the merged pull request planned, at its very last commit.

    Plans that a fork's run made are never taken: its code made them.

    Raises:
        ForgeForbidden, ForgeUnusable: the forge does not tell.
    """
    pulls = _merged(forge, event)
    if not pulls:
        if event.number is not None:
            return NotFound(f"pull request {event.number} is not merged")
        return NotFound(f"commit {event.head[:12]} came by no merged pull request, so no plan was reviewed")
    tried = [_fetch(forge, pull, into) for pull in pulls]
    return next((each for each in tried if isinstance(each, Found)), tried[0])


def _merged(forge: Forge, event: CiEvent) -> list[PullRequest]:
    if event.number is None:
        return forge.merged_by(event.head)
    return [PullRequest(event.number, event.head, event.fork, merged=True)] if event.merged else []


def _fetch(forge: Forge, pull: PullRequest, into: Path) -> Found | NotFound:
    which = f"pull request {pull.number} at {pull.head[:12]}"
    if pull.fork:
        return NotFound(f"{which} is of a fork, and plans that a fork's run made are never trusted")
    archives = forge.archives(pull)
    good = [archive for archive in archives if archive.trusted and not archive.expired]
    if not good:
        return NotFound(f"{which} {_lack(list(archives))}")
    archive = max(good, key=lambda each: each.made)
    try:
        files = _unpacked(forge, archive, into)
    except ArchiveUnusable as error:
        return NotFound(f"{which} has plans that cannot be used: {error.problem}")
    if not files:
        return NotFound(f"{which} has an archive with no plan in it ({archive.run_url})")
    return Found(files, pull.number, pull.head, archive.run_url)


def _lack(archives: list[Archive]) -> str:
    if any(archive.trusted for archive in archives):
        return "had plans, which have expired"
    if archives:
        return "has only plans of runs that are not this repository's, which are never trusted"
    return "has no plans: no preview of that commit left any"


def _unpacked(forge: Forge, archive: Archive, into: Path) -> tuple[Path, ...]:
    with tempfile.TemporaryDirectory(prefix="llmdeploy-plans-") as folder:
        file = Path(folder) / "plans.zip"
        forge.download(archive, file, _LIMIT)
        return unpack_plans(file, into)
