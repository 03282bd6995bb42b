"""How Envoy is started."""

from __future__ import annotations

from llmdeploy.serving.gateway.files import BOOTSTRAP_FILE

WORKERS = 2
"""Worker threads: two, so that a long prompt read by one does not hold up all other clients."""


def envoy_command(binary: str, directory: str, workers: int = WORKERS) -> tuple[str, ...]:
    """The command line of the gateway. Access log on standard output, Envoy's own log on standard error.

    Hot restart is off: it would have all Envoys of a machine meet in one shared memory.
    """
    return (
        binary,
        "--config-path",
        f"{directory}/{BOOTSTRAP_FILE}",
        "--concurrency",
        str(workers),
        "--disable-hot-restart",
        # By default the access log is 10 s behind, too late for who follows it.
        "--file-flush-interval-msec",
        "500",
        "--log-level",
        "warning",
        # Says at every reload that the API key filter's format may change; the wheel's version is pinned.
        "--component-log-level",
        "misc:error",
    )
