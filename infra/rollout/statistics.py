"""The library that the judge's tests are from."""

from __future__ import annotations

from llmdeploy.serving.errors import LlmdeployError


def load_statistics() -> None:
    """Load it before anything is watched: a busy machine takes its time for that, and looks must not wait.

    Raises:
        LlmdeployError: it is not installed.
    """
    try:
        import scipy.stats  # noqa: F401
    except ImportError as error:
        raise LlmdeployError(
            "judging a rollout needs SciPy, which is not installed",
            "install the extra: pip install 'llmdeploy-stacks[rollout]'",
        ) from error
