"""One supervisord for a folder: started in its own session, adopted when it runs already, never doubled."""

from __future__ import annotations

import contextlib
import glob
import os
import subprocess
import sys
import time
import xmlrpc.client
from pathlib import Path

from llmdeploy.infra.provider import files, processes
from llmdeploy.infra.provider.errors import FolderTaken, SupervisorFailed
from llmdeploy.infra.provider.unix_rpc import supervisor_rpc

CONFIGURATION = "supervisord.conf"
PROGRAMS = "programs"
LOGS = "logs"
START_TIMEOUT_S = 20.0
"""supervisord answers 0.3 s after its start here; a loaded machine may take far longer."""
STOP_GRACE_S = 10.0

_TEMPLATE = """\
; Written by llmdeploy; changes are seen as drift and undone by the next `llmdeploy up`.
[supervisord]
identifier = {identifier}
nodaemon = true
silent = true
pidfile = {folder}/supervisord.pid
logfile = {folder}/logs/supervisord.log
logfile_maxbytes = 5MB
logfile_backups = 2
childlogdir = {folder}/logs
nocleanup = true
umask = 077

[unix_http_server]
file = {socket}
chmod = 0600

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl = unix://{socket}

[include]
files = programs/*.conf
"""


def socket_of(folder: Path) -> Path:
    """The unix socket on which the folder's supervisord is steered."""
    return files.socket_path(folder, "supervisor.sock")


def configuration(folder: Path) -> str:
    """The text of the folder's supervisord.conf. The identifier names it, so that a running one can be told
    apart.
    """
    values = {"folder": folder, "socket": socket_of(folder)}
    identifier = files.digest(_TEMPLATE.format(identifier="", **values))
    return _TEMPLATE.format(identifier=identifier, **values)


def is_running(folder: Path) -> bool:
    """Whether a supervisord with the right configuration answers on the folder's socket."""
    try:
        identifier = supervisor_rpc(socket_of(folder)).getIdentification()
    except OSError:
        return False
    return f"identifier = {identifier}\n" in configuration(folder)


def pid_of(folder: Path) -> int | None:
    """The pid of the folder's supervisord, None when there is none."""
    return next((process.pid for process, place in processes.supervisors(folder) if place == folder), None)


def ensure(folder: Path) -> int:
    """Have exactly one supervisord run for the folder, and return its pid.

    One that runs already with this configuration is adopted. Anything else is ended first, with the
    programs that a dead supervisord left behind.

    Raises:
        FolderTaken: the folder holds other things.
        SupervisorFailed: supervisord does not start.
    """
    _claim(folder)
    with files.locked(folder):
        running = [process for process, place in processes.supervisors(folder) if place == folder]
        if len(running) == 1 and is_running(folder):
            files.write_private(folder / CONFIGURATION, configuration(folder))
            return running[0].pid
        _end(folder)
        files.write_private(folder / CONFIGURATION, configuration(folder))
        return _start(folder)


def require(folder: Path, name: str) -> None:
    """Do nothing when the folder's supervisord runs.

    Raises:
        SupervisorFailed: it does not.
    """
    if not is_running(folder):
        raise SupervisorFailed(
            f"no supervisord runs for {folder}, so {name} cannot be started",
            "run the same command again with a refresh: it starts supervisord anew",
        )


def remove(folder: Path) -> None:
    """End the folder's supervisord and its programs, and remove the folder and its sockets. May be
    repeated.
    """
    import shutil

    _end(folder)
    shutil.rmtree(folder, ignore_errors=True)
    files.remove_socket_folder(folder)
    with contextlib.suppress(OSError):
        folder.parent.rmdir()


def _claim(folder: Path) -> None:
    foreign = folder.is_dir() and any(folder.iterdir()) and not (folder / PROGRAMS).is_dir()
    if foreign or (folder.exists() and not folder.is_dir()):
        raise FolderTaken(f"{folder} holds something else than a local deployment", "move it away")
    files.private_folder(folder.parent)
    files.private_folder(folder)
    files.private_folder(folder / PROGRAMS)
    files.private_folder(folder / LOGS)
    files.prepare_socket_folder(socket_of(folder))


def _end(folder: Path) -> None:
    # The supervisors first: they would start anew what is ended under them.
    with contextlib.suppress(OSError, xmlrpc.client.Fault):
        supervisor_rpc(socket_of(folder)).shutdown()
    processes.end_processes(
        (p for p, place in processes.supervisors(folder) if place == folder), STOP_GRACE_S
    )
    processes.end_processes((p for p, _ in processes.marked_processes(folder)), STOP_GRACE_S)
    socket_of(folder).unlink(missing_ok=True)
    (folder / "supervisord.pid").unlink(missing_ok=True)


def _start(folder: Path) -> int:
    output = folder / LOGS / "supervisord.out"
    command = [
        sys.executable,
        "-X",
        "utf8",
        "-m",
        "supervisor.supervisord",
        "-c",
        str(folder / CONFIGURATION),
    ]
    with open(output, "wb", opener=_private) as sink:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o077,
        )
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        if is_running(folder):
            return process.pid
        time.sleep(0.02)
    process.kill()
    process.wait()
    raise SupervisorFailed(
        f"supervisord for {folder} did not start:\n{files.last_lines(output)}",
        "see the log above; then run it again",
    )


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _environment() -> dict[str, str]:
    """The environment of everything supervised: the user's, without what belongs to the Pulumi run."""
    private = ("PULUMI_", "LLMDEPLOY_PROGRAM")
    return {key: value for key, value in os.environ.items() if not key.startswith(private)}


def check_folder(folder: str) -> str | None:
    """Why supervisord could not work in a folder of this name, or None when it can."""
    if not Path(folder).is_absolute() or os.path.normpath(folder) != folder:
        return "must be an absolute path without .. or a closing slash"
    if any(character in folder for character in ";#%\n\r'\"") or glob.has_magic(folder):
        return "must not hold any of ; # % ' \" * ? [ ] or a line break: supervisord cannot work there"
    return None
