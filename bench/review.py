"""Reviews of changed specs: how long the comment is, and how long it takes to make.

    python -m bench.review

On simulated clouds, with the real command, engine and git; the median of three runs each. Bars: the comment
for 10 regions has at most 60,000 characters; making a comment takes at most 1.1 × the preview itself; two
specs of three regions with --base at most 2.2 × one preview.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

SPEC = """\
name: {name}
model: {{id: Qwen/Qwen2.5-7B-Instruct, context_length: 16384}}
framework: vllm
quantization: {quantization}
regions: [{regions}]
"""
THREE = ("aws/us-east-1", "aws/us-west-2", "gcp/europe-west4")
TEN = (
    *THREE,
    "aws/eu-central-1",
    "aws/ap-northeast-1",
    "aws/us-east-2",
    "aws/eu-west-2",
    "gcp/us-central1",
    "gcp/us-east4",
    "gcp/asia-southeast1",
)
LLMDEPLOY = Path(sys.executable).with_name("llmdeploy")
RUNS = 3


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory(prefix="bench-review-") as folder:
        _measure(Path(folder))


def _measure(folder: Path) -> None:
    for name, regions in (("one", THREE), ("two", THREE), ("ten", TEN)):
        _write(folder, name, regions, "fp8")
    _git(folder, "init", "--quiet")
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message", "base")
    for name, regions in (("one", THREE), ("two", THREE), ("ten", TEN)):
        _write(folder, name, regions, "bf16")
    base = ("--base", "HEAD", "--format", "markdown")
    preview, _ = _timed(folder, "one.yaml")
    made, _ = _timed(folder, "one.yaml", "--format", "markdown")
    both, _ = _timed(folder, "one.yaml", "two.yaml", *base)
    single, _ = _timed(folder, "one.yaml", *base)
    ten, comment = _timed(folder, "ten.yaml", *base)
    print(f"preview of 3 regions                       {preview:6.2f} s")
    print(f"the same as a comment                      {made:6.2f} s  {made / preview:5.2f} × (bar 1.10)")
    print(f"one spec with --base                       {single:6.2f} s  {single / preview:5.2f} ×")
    print(f"two specs with --base                      {both:6.2f} s  {both / preview:5.2f} × (bar 2.20)")
    print(f"ten regions with --base                    {ten:6.2f} s")
    print(f"comment for ten regions                    {len(comment):6} characters (bar 60,000)")


def _write(folder: Path, name: str, regions: tuple[str, ...], quantization: str) -> None:
    text = SPEC.format(name=name, regions=", ".join(regions), quantization=quantization)
    (folder / f"{name}.yaml").write_text(text)


def _git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True)


def _timed(folder: Path, *arguments: str) -> tuple[float, str]:
    """The median seconds of a simulated preview, and what it printed."""
    command = [str(LLMDEPLOY), "preview", *arguments, "--simulate"]
    environ = {**os.environ, "LLMDEPLOY_HOME": str(folder / "home")}
    seconds = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=True)
        seconds.append(time.perf_counter() - begun)
    return median(seconds), done.stdout


if __name__ == "__main__":
    main()
