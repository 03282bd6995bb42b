"""Questions to real git repositories."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from llmdeploy.infra.revision.git import ChangedFile, RevisionUnusable, base_commit, changed_files, text_at


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(folder: Path, files: dict[str, str | None]) -> str:
    for name, text in files.items():
        if text is None:
            (folder / name).unlink()
        else:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "c")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    commit(tmp_path, {"a.yaml": "a\n", "specs/b.yaml": "one\ntwo\nthree\nfour\n", "gone.yaml": "gone\n"})
    return tmp_path


ODD = 'specs/it\'s "odd" $(touch pwned) `é`.yaml'


def test_what_a_branch_changed_and_main_did_not(folder: Path) -> None:
    git(folder, "checkout", "--quiet", "-b", "work")
    commit(
        folder,
        {
            "a.yaml": "changed\n",
            "gone.yaml": None,
            "specs/b.yaml": None,
            "specs/c.yaml": "one\ntwo\nthree\nfour!\n",
            ODD: "new\n",
        },
    )
    git(folder, "checkout", "--quiet", "main")
    commit(folder, {"a.yaml": "changed in main too\n", "later.yaml": "later\n"})
    git(folder, "checkout", "--quiet", "work")
    assert sorted(changed_files(folder, "main"), key=lambda each: each.path) == [
        ChangedFile("a.yaml", "modified", "a.yaml"),
        ChangedFile("gone.yaml", "deleted", "gone.yaml"),
        ChangedFile("specs/c.yaml", "modified", "specs/b.yaml"),
        ChangedFile(ODD, "added", None),
    ]
    assert text_at(folder, "main", "a.yaml") == "a\n"
    assert text_at(folder / "specs", "main", "b.yaml") == "one\ntwo\nthree\nfour\n"
    assert text_at(folder, "main", "later.yaml") is None
    assert text_at(folder, "main", ODD) is None
    assert not list(folder.rglob("pwned"))


def test_only_what_is_below_the_folder(folder: Path) -> None:
    commit(folder, {"a.yaml": "x\n", "specs/b.yaml": "x\n"})
    assert [each.path for each in changed_files(folder / "specs", "HEAD~1")] == ["b.yaml"]


def test_what_is_not_committed_counts_too(folder: Path) -> None:
    (folder / "a.yaml").write_text("x\n")
    assert [each.path for each in changed_files(folder, "HEAD")] == ["a.yaml"]


def test_histories_that_do_not_meet(folder: Path) -> None:
    git(folder, "checkout", "--quiet", "--orphan", "other")
    other = commit(folder, {"a.yaml": "other\n"})
    assert base_commit(folder, "main") == git(folder, "rev-parse", "main")
    assert base_commit(folder, other) == other


@pytest.mark.parametrize("ref", ["nowhere", "--help", "main; id", ""])
def test_no_such_revision(folder: Path, ref: str) -> None:
    with pytest.raises(RevisionUnusable, match="is no revision of the git repository"):
        changed_files(folder, ref)


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(RevisionUnusable, match="not a git repository"):
        changed_files(tmp_path, "main")


def test_a_hooks_environment_does_not_lead_elsewhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(folder, {"a.yaml": "x\n"})
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert [each.path for each in changed_files(folder, "HEAD~1")] == ["a.yaml"]
