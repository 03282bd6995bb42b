"""Questions to git, none of which changes anything."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from llmdeploy.serving.errors import LlmdeployError

_STATUS: Final[dict[str, Literal["added", "modified", "deleted"]]] = {
    "A": "added",
    "C": "added",
    "D": "deleted",
}


class RevisionUnusable(LlmdeployError):
    """There is no git repository, or it does not have that revision."""


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file that differs from the base. Paths are relative to the folder that was asked about."""

    path: str
    status: Literal["added", "modified", "deleted"]
    before: str | None
    """What it was called at the base; None for a new file."""


def base_commit(folder: Path, ref: str) -> str:
    """The commit where the work in `folder` left `ref`; `ref` itself where the histories do not meet, as in
    a shallow clone.

    Raises:
        RevisionUnusable: no repository, or no such revision in it.
    """
    commit = _asked(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if commit is None:
        _git(folder, "rev-parse", "--git-dir")
        raise RevisionUnusable(
            f"{ref!r} is no revision of the git repository in {folder}",
            f"`git fetch origin {ref.removeprefix('origin/')}`; in CI, check out with the whole history",
        )
    met = _asked(folder, "merge-base", commit.strip(), "HEAD")
    return (met or commit).strip()


def changed_files(folder: Path, base: str) -> list[ChangedFile]:
    """Files below the folder that differ from where the work left `base`, also those that are not committed.

    Raises:
        RevisionUnusable: no repository, or no such revision in it.
    """
    told = _git(
        folder, "diff", "--name-status", "-z", "--find-renames", "--relative", base_commit(folder, base), "--"
    )
    return list(_changes(told.split("\0")))


def text_at(folder: Path, ref: str, path: str) -> str | None:
    """What a file said where the work left `ref`; None where there was none.

    Raises:
        RevisionUnusable: no repository, or no such revision in it.
    """
    inside = path if path.startswith("./") else f"./{path}"
    return _asked(folder, "show", f"{base_commit(folder, ref)}:{inside}")


def revisions(folder: Path) -> list[str]:
    """Names of branches and tags. Raises RevisionUnusable: no repository."""
    told = _git(
        folder, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags"
    )
    return told.split()


def _changes(fields: list[str]) -> Iterator[ChangedFile]:
    """Of git's fields: a status and a path; of renames and copies a status and two paths."""
    told = iter(fields)
    for letter in told:
        if not letter:
            return
        first = next(told)
        if letter[0] in "RC":
            second = next(told)
            yield ChangedFile(second, "modified" if letter[0] == "R" else "added", first)
        else:
            status = _STATUS.get(letter[0], "modified")
            yield ChangedFile(first, status, None if status == "added" else first)


def _git(folder: Path, *arguments: str) -> str:
    done = _run(folder, *arguments)
    if done.returncode:
        said = done.stderr.strip().removeprefix("fatal: ").partition("\n")[0]
        raise RevisionUnusable(
            f"git in {folder}: {said}", "run this inside the repository that has the specs"
        )
    return done.stdout


def _asked(folder: Path, *arguments: str) -> str | None:
    """The answer, or None where git has none."""
    done = _run(folder, *arguments)
    return None if done.returncode else done.stdout


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # What a git hook sets would name the repository it runs in, not the folder's.
    environ = {name: value for name, value in os.environ.items() if name not in {"GIT_DIR", "GIT_INDEX_FILE"}}
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="surrogateescape",
            env=environ,
            check=False,
        )
    except FileNotFoundError as error:
        raise RevisionUnusable("git is not installed", "install git") from error
