"""A secret is in no file in clear, in no event, in no argument of a process; the passphrase likewise."""

from __future__ import annotations

import gzip
import re
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.infra.runner.world import STACK, World

pytestmark = pytest.mark.engine

_SECRET = "sk-3f9c-never-shown"


def test_secrets_stay_secret(world: World) -> None:
    first = {"a": {"secret": _SECRET}, "b": {"seconds": "0.3"}}
    second = {"a": {"secret": _SECRET + "-new"}, "b": {"fail": "no room"}}
    with _watched_arguments() as arguments:
        world.runner.preview(STACK, world.program(first), world.events.append)
        world.runner.up(STACK, world.program(first), world.events.append)
        with pytest.raises(Exception, match="no room") as caught:
            world.runner.up(STACK, world.program({**second, "b": {"value": "2", "fail": "no room"}}))
        world.runner.refresh(STACK, world.events.append)

    passphrase = world.home.passphrase_file.read_text()
    seen = {
        "events": repr(world.events),
        "the error": f"{caught.value!r} {caught.value}",
        "arguments": "\n".join(arguments),
        **{str(file): text for file, text in _files(world.folder)},
    }
    for secret in (_SECRET, passphrase):
        holders = [where for where, text in seen.items() if secret in text]
        assert holders == ([str(world.home.passphrase_file)] if secret == passphrase else [])
    assert any("bin/pulumi" in each for each in arguments), "the engine was looked at"


def test_what_holds_secrets_is_private(world: World) -> None:
    world.runner.up(STACK, world.program({"a": {}}))
    assert world.home.passphrase_file.stat().st_mode & 0o777 == 0o600
    for folder in (world.home.state, world.home.locks, world.home.root / "workspace" / "llmdeploy"):
        assert folder.stat().st_mode & 0o777 == 0o700, folder


class _watched_arguments:  # noqa: N801
    """Collects the arguments of every process while the block runs."""

    def __enter__(self) -> set[str]:
        self._stop = threading.Event()
        self._found: set[str] = set()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self._found

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.05):
            for process in psutil.process_iter(["cmdline"]):
                self._found.add(" ".join(process.info["cmdline"] or ()))


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    for file in folder.rglob("*"):
        if file.is_file():
            yield file, _text(file.read_bytes())


def _text(content: bytes) -> str:
    """The engine's logs are compressed when they are not encrypted."""
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (EOFError, zlib.error):
            content = zlib.decompressobj(wbits=31).decompress(content)
    return re.sub(r"\0", "", content.decode("utf-8", errors="replace"))
