"""A machine in a folder: the real programs of a node, with recorders in place of what belongs to a cloud."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TOKEN = "hf_canary_token"
CLOUD_TOKEN = "ya29.canary"
API_KEY = "sk-canary-key"
PROGRAMS = "aws gcloud docker curl systemctl mount mountpoint lsblk mdadm mkfs.ext4 blkid iptables chown"
RECORDER = """#!/bin/bash
name=${0##*/}
printf -v words ' %q' "$@"
[ $# -gt 0 ] || words=
echo "$name$words" >>"$MACHINE/calls"
[ ! -e "$MACHINE/behaviour/$name" ] || . "$MACHINE/behaviour/$name"
"""
RECORDERS = Path(__file__).parent / "recorders"
"""What each program does after it has been recorded."""
SYNC = (RECORDERS / "sync.sh").read_text()
QUICK = {"RETRY_S": "0.1", "SETTLE_S": "1", "STOP_S": "1", "EVERY_S": "0.2", "WATCH_S": "0.1"}


@dataclass
class Machine:
    """A root folder, the recorders' folder, and what they answer."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.root, programs = self.folder / "root", self.folder / "bin"
        for made in (self.root, programs, self.folder / "behaviour", self.folder / "secrets"):
            made.mkdir(parents=True)
        for name in PROGRAMS.split():
            (programs / name).write_text(RECORDER)
            (programs / name).chmod(0o755)
        self.environ = {
            **QUICK,
            "PATH": f"{programs}:/usr/bin:/bin",
            "MACHINE": str(self.folder),
            "CLOUD_TOKEN": CLOUD_TOKEN,
            "LLMDEPLOY_ROOT": str(self.root),
        }
        self.behave(**{path.stem: path.read_text() for path in RECORDERS.glob("*.sh")})
        self.secret("hub-token", TOKEN)
        self.secret("keys", f'{{"default": "{API_KEY}", "peer": "peer-canary"}}')

    def behave(self, **programs: str) -> None:
        """What a recorder does after it has recorded."""
        for name, text in programs.items():
            (self.folder / "behaviour" / name).write_text(text)

    def secret(self, name: str, value: str) -> None:
        (self.folder / "secrets" / name).write_text(value)

    def put(self, key: str, content: str) -> None:
        """An object of the region's bucket."""
        path = self.folder / "bucket" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    def boot(self, user_data: str) -> None:
        """Run the user data, as cloud-init does."""
        subprocess.run(["bash", "-c", user_data], env=self.environ, check=True, timeout=60)

    def listen(self, port: int) -> None:
        """Have the node ask its replica on another port of this host: the real one may be taken."""
        path = self.root / "etc/llmdeploy/node.env"
        path.write_text(re.sub(r"(?m)^((METRICS_)?PORT)=8000$", rf"\1={port}", path.read_text()))

    def start(self, program: str, *arguments: str) -> subprocess.Popen[str]:
        """Start a program of the node in a process group of its own."""
        return subprocess.Popen(
            ["bash", str(self.root / f"opt/llmdeploy/{program}.sh"), *arguments],
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, program: str, expected: int = 0, arguments: tuple[str, ...] = ()) -> str:
        """Run one to its end; what it said."""
        with self.running(program, *arguments) as process:
            said, _ = process.communicate(timeout=60)
        assert process.returncode == expected, said
        return said

    @contextmanager
    def running(self, program: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """A program while it runs; gone at the end, with all that it started."""
        process = self.start(program, *arguments)
        try:
            yield process
        finally:
            kill(process)

    def calls(self, *names: str) -> list[list[str]]:
        """The recorded calls, of some programs or of all."""
        path = self.folder / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        words = [shlex.split(line) for line in lines]
        return [each for each in words if not names or each[0] in names]

    def read(self, path: str) -> str:
        return (self.root / path).read_text()


def kill(process: subprocess.Popen[str]) -> None:
    """kill -9, for the process and all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def engine(pages: dict[str, str]) -> Iterator[int]:
    """A server on 127.0.0.1 with these pages; they may change while it runs. Gives its port."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = pages.get(self.path)
            self.send_response(200 if page is not None else 503)
            self.end_headers()
            self.wfile.write((page or "").encode())

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
