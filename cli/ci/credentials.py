"""Whether there are credentials of a cloud, asked of the clouds' own libraries; nobody signs in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from llmdeploy.cli.render.cloud_names import CLOUD_NAMES


def clouds_without(clouds: Iterable[str]) -> tuple[str, ...]:
    """Those of the clouds that no credentials were found for, in words.

    A library that is not installed counts as found: the review says which extra is missing.
    """
    return tuple(CLOUD_NAMES[cloud] for cloud in sorted(clouds) if not _FOUND[cloud]())


def _aws() -> bool:
    try:
        import boto3
        from botocore.exceptions import BotoCoreError
    except ImportError:
        return True
    try:
        return boto3.Session().get_credentials() is not None
    except BotoCoreError:  # a profile that there is not
        return False


def _gcp() -> bool:
    try:
        import google.auth
    except ImportError:
        return True
    try:
        google.auth.default()
    except google.auth.exceptions.GoogleAuthError:
        return False
    return True


def _azure() -> bool:
    import os
    import shutil

    named = ("ARM_TENANT_ID", "ARM_CLIENT_ID", "ARM_CLIENT_SECRET")
    return all(os.environ.get(name) for name in named) or shutil.which("az") is not None


_FOUND: Final[dict[str, Callable[[], bool]]] = {"aws": _aws, "gcp": _gcp, "azure": _azure}
