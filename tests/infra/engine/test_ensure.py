"""How an engine is found or obtained, with real processes standing in for `pulumi` and `go`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from llmdeploy.infra.engine.ensure import ensure_engine, find_engine
from llmdeploy.infra.engine.found import ENGINE_VERSION, Engine
from llmdeploy.infra.engine.search import cached_binary
from llmdeploy.infra.errors import EngineMissing

_GO = """#!/bin/sh
# $1 is `version` or `build`.
if [ "$1" = version ]; then echo "go version go{go_version} linux/amd64"; exit; fi
echo "$$ $PWD" >> "{folder}/builds"
for each in "$@"; do [ "$previous" = -o ] && out=$each; previous=$each; done
cat go.mod go.sum > "{folder}/pins"
echo "$GOFLAGS $GOWORK" > "{folder}/flags"
echo "go: downloading example.com/module v1.0.0" >&2
echo "example.com/package" >&2
sleep {seconds}
[ -n "{error}" ] && echo "{error}" >&2 && exit 1
printf '#!/bin/sh\\necho {version}\\n' > "$out"
chmod +x "$out"
"""


@dataclass
class Machine:
    """A cache and a PATH of their own, and what was said while an engine was sought."""

    folder: Path
    said: list[str] = field(default_factory=list)

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    @property
    def environ(self) -> dict[str, str]:
        # Nothing listens on port 9: the installer's host is out of reach at once.
        return {
            "PATH": f"{self.folder}/bin:/usr/bin:/bin",
            "HTTPS_PROXY": "http://127.0.0.1:9",
            "HOME": str(self.folder),
        }

    def install(self, name: str, script: str) -> Path:
        file = self.folder / "bin" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(script)
        file.chmod(0o755)
        return file

    def install_pulumi(self, version: str) -> Path:
        return self.install("pulumi", f"#!/bin/sh\necho {version}\n")

    def install_go(
        self, *, seconds: float = 0, error: str = "", version: str = ENGINE_VERSION, go: str = "1.25.0"
    ) -> None:
        text = _GO.format(folder=self.folder, seconds=seconds, error=error, version=version, go_version=go)
        self.install("go", text)

    def ensure(self) -> Engine:
        return ensure_engine(self.cache, self.said.append, self.environ)

    def left_over(self) -> list[str]:
        """What obtaining an engine left in the cache beside the engine and the lock."""
        wanted = {f"{ENGINE_VERSION}.lock", "pulumi"}
        return [str(file) for file in self.cache.rglob("*") if file.is_file() and file.name not in wanted]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("version", ["v3.259.0", "v3.259.7"])
def test_a_compatible_one_on_path_is_taken(machine: Machine, version: str) -> None:
    binary = machine.install_pulumi(version)
    assert machine.ensure() == Engine(binary, version.removeprefix("v"), "path")
    assert machine.said == []
    assert find_engine(machine.cache, machine.environ) == machine.ensure()


def test_a_cached_one_is_taken_without_running_it(machine: Machine) -> None:
    binary = cached_binary(machine.cache)
    binary.parent.mkdir(parents=True)
    binary.touch(0o755)
    assert machine.ensure() == Engine(binary, "3.259.0", "cache")


def test_finding_never_builds(machine: Machine) -> None:
    machine.install_go()
    assert find_engine(machine.cache, machine.environ) is None
    assert not (machine.folder / "builds").exists()


def test_it_is_built_from_the_pinned_module_and_then_cached(machine: Machine) -> None:
    machine.install_go()
    built = machine.ensure()
    assert built == Engine(cached_binary(machine.cache), "3.259.0", "build")
    assert "github.com/pulumi/pulumi/pkg/v3 v3.259.0 h1:" in (machine.folder / "pins").read_text()
    assert (machine.folder / "flags").read_text() == "-mod=readonly off\n"
    assert machine.ensure().origin == "cache"
    assert machine.left_over() == []


def test_progress_is_said_while_it_is_built(machine: Machine) -> None:
    machine.install_go(seconds=4)
    begun = time.monotonic()
    times: list[float] = []
    ensure_engine(
        machine.cache,
        lambda line: (machine.said.append(line), times.append(time.monotonic())),
        machine.environ,
    )
    gaps = [after - before for before, after in zip([begun, *times], [*times, time.monotonic()], strict=True)]
    assert max(gaps) <= 2
    assert (
        machine.said[-1]
        == f"building Pulumi {ENGINE_VERSION} with Go: 1 modules fetched, 1 packages compiled, 3 s"
    )


@pytest.mark.parametrize(
    ("go", "reason"),
    [
        (None, "build with Go: no `go` on PATH"),
        (
            {"error": "no space left on device"},
            "example.com/package | no space left on device",
        ),
        ({"go": "1.19.8"}, "bin/go is too old or broken: Go ≥ 1.21 is needed"),
        ({"version": "v3.100.0"}, "build: it made an engine of version 3.100.0"),
    ],
)
def test_when_nothing_works_every_way_is_named_with_its_reason(
    machine: Machine, go: dict[str, str] | None, reason: str
) -> None:
    pulumi = machine.install_pulumi("v3.100.0")
    if go is not None:
        machine.install_go(**go)  # type: ignore[arg-type]
    with pytest.raises(EngineMissing) as caught:
        machine.ensure()
    said = str(caught.value)
    assert said.startswith("no Pulumi engine v3.259.0 on this machine, and none could be obtained:\n")
    assert f"PATH: {pulumi} is version 3.100.0, not 3.259.x" in said
    assert f"cache: no {cached_binary(machine.cache)}" in said
    assert "official installer: https://get.pulumi.com/install.sh cannot be reached: " in said
    assert reason in said
    assert said.endswith("then run `llmdeploy engine install`")
    assert machine.left_over() == []


def test_of_two_at_once_one_builds_and_the_other_says_for_whom_it_waits(machine: Machine) -> None:
    machine.install_go(seconds=3)
    first, second = _ensuring(machine), _ensuring(machine)
    said = [process.communicate(timeout=30)[0] for process in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0]
    assert len((machine.folder / "builds").read_text().splitlines()) == 1
    pids = {str(first.pid), str(second.pid)}
    waiting = [line for text in said for line in text.splitlines() if line.startswith("waiting for process ")]
    assert waiting
    assert all(line.split()[3].rstrip(",") in pids for line in waiting)
    assert machine.left_over() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_one_that_is_stopped_leaves_no_lock_and_no_half_engine(
    machine: Machine, number: signal.Signals
) -> None:
    machine.install_go(seconds=30)
    process = _ensuring(machine)
    builder = _builder(machine)
    process.send_signal(number)
    process.communicate(timeout=20)
    assert not cached_binary(machine.cache).exists()
    if number == signal.SIGINT:
        assert not psutil.pid_exists(builder)
    else:
        os.killpg(builder, signal.SIGKILL)
    machine.install_go()
    assert machine.ensure().origin == "build"
    assert machine.left_over() == []


def _ensuring(machine: Machine) -> subprocess.Popen[str]:
    script = (
        "import sys; from pathlib import Path; from llmdeploy.infra.engine.ensure import ensure_engine; "
        "ensure_engine(Path(sys.argv[1]), lambda line: print(line, flush=True))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", script, str(machine.cache)],
        env=machine.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _builder(machine: Machine) -> int:
    """Process id of the `go build` that runs."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if (machine.folder / "builds").exists() and (
            text := (machine.folder / "builds").read_text()
        ).endswith("\n"):
            return int(text.split()[0])
        time.sleep(0.02)
    raise AssertionError("no build was begun")
