"""The child process that holds llama.cpp. Says `ready` on stdout; ends with its parent.

Its standard input is a pipe that nobody writes to. It reaches its end when the parent closes it or dies, in
whatever way, so no engine outlives its front.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

_ERRORS_ONLY = 1  # llama.cpp's --verbosity


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """What the engine loads and where it listens. `adapters` are LoRA files, scaled by each request."""

    model: str
    socket: str
    alias: str
    context_length: int
    slots: int
    threads: int
    adapters: tuple[str, ...] = ()

    def to_json(self) -> str:
        """The one argument of this program."""
        return json.dumps(asdict(self))


def main(arguments: Sequence[str] = sys.argv[1:]) -> None:
    """Load the model, say so, serve until standard input ends."""
    # The front decides when the engine ends: a signal to the whole process group must not cut a drain short.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
    settings = EngineSettings(**json.loads(arguments[0]))
    _serve_until_input_ends(_load(settings), Path(settings.socket))


def _serve_until_input_ends(server: object, socket: Path) -> None:
    """The engine answers on threads of its own for as long as something refers to `server`."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while os.read(sys.stdin.fileno(), 4096):
        pass
    socket.unlink(missing_ok=True)
    os._exit(0)  # the destructor of `server` would wait for requests in flight


def _load(settings: EngineSettings) -> object:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = settings.model
    params.model_alias = {settings.alias}
    params.hostnames = [settings.socket]
    params.n_parallel = settings.slots
    params.n_ctx = settings.context_length * settings.slots
    params.kv_unified = False
    params.ctx_shift = False
    params.cache_ram_mib = 0  # its default keeps up to 8 GiB of old prompts
    params.cpuparams.n_threads = settings.threads
    params.cpuparams_batch.n_threads = settings.threads
    params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(path, 1.0) for path in settings.adapters]
    params.endpoint_slots = True
    params.ui = False
    params.warmup = True
    params.verbosity = _ERRORS_ONLY
    return xllamacpp.Server(params)


if __name__ == "__main__":
    main()
