"""The wheel holds exactly the tree: one packaging variant silently lost folders."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = ("cli", "infra", "modules", "serving", "stacks")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist, and the wheel built from that sdist, as an installer would."""
    out = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--outdir", out, ROOT], check=True, capture_output=True)
    return out


def tracked_package_files() -> set[str]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *LAYERS],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    return {f"llmdeploy/{name}" for name in listing if (ROOT / name).is_file()}


def test_wheel_holds_every_file_of_the_layers_and_nothing_else(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == tracked_package_files() | {"llmdeploy/__init__.py", "llmdeploy/py.typed"}


def test_sdist_holds_the_sources(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert {"pyproject.toml", "README.md", "LICENSE", "Pulumi.yaml"} <= names
    assert {name.removeprefix("llmdeploy/") for name in tracked_package_files()} <= names


def test_every_layer_folder_is_linked_into_the_package() -> None:
    for layer in LAYERS:
        assert (ROOT / "src/llmdeploy" / layer).resolve() == ROOT / layer
