"""Every page is followed word for word, in a copy of the repository and with a home of its own."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def _module(name: str, folder: Path = Path(__file__).parent) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


markdown_session = _module("markdown_session")


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Path]:
    """The files that git knows, with their times, so that `make` sees that everything is installed."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    tracked = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    folder = tmp_path / "llmdeploy"
    for name in filter(None, tracked.split("\0")):
        source, target = ROOT / name, folder / name
        if source.exists() or source.is_symlink():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    (folder / ".venv").symlink_to(Path(sys.prefix))
    environ = _environment(tmp_path)
    yield folder
    _destroy_everything(environ, folder)


def _environment(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "LLMDEPLOY_HOME": str(tmp_path / "home"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
    }


def _destroy_everything(environ: dict[str, str], folder: Path) -> None:
    """End what a page that failed half-way left running."""
    from llmdeploy.infra.provider.observe import sweep

    home = Path(environ["LLMDEPLOY_HOME"])
    for run in (*home.glob("run/*"), *home.glob("live/*")):
        sweep(run)


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page(page: Path, copy: Path, tmp_path: Path) -> None:
    script = tmp_path / "page.sh"
    script.write_text(markdown_session.as_script(page))
    followed = subprocess.run(
        ["bash", script], cwd=copy, env=_environment(tmp_path), capture_output=True, text=True
    )
    assert followed.returncode == 0, f"{followed.stdout[-3000:]}\n{followed.stderr[-3000:]}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in markdown_session.links(page):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_reference_of_the_spec_is_of_today() -> None:
    spec_reference = _module("spec_reference", ROOT / "scripts")
    page = spec_reference.PAGE.read_text()
    assert spec_reference.page_with(page, spec_reference.reference()) == page
