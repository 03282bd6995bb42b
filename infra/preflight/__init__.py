"""What must be true before the engine is started: on this machine, and in the clouds."""

from llmdeploy.infra.preflight.sources import check_sources, fetch_weights

__all__ = ["check_sources", "fetch_weights"]
