"""Where the state is kept."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from llmdeploy.infra.errors import BackendUnusable
from llmdeploy.infra.home import Home

_SCHEMES = ("file", "s3", "gs", "azblob", "https", "http")
"""What `pulumi login` takes: https://www.pulumi.com/docs/iac/concepts/state-and-backends/, 2026-11."""


@dataclass(frozen=True, slots=True)
class Backend:
    """A Pulumi backend. `url` is what Pulumi logs in to: file://…, s3://…, gs://…, azblob://…, https://…"""

    url: str

    @property
    def folder(self) -> Path | None:
        """The folder of a file:// backend; None for all others."""
        parts = urlsplit(self.url)
        return Path(unquote(parts.netloc + parts.path)).expanduser() if parts.scheme == "file" else None

    @property
    def is_service(self) -> bool:
        """Pulumi Cloud or a self-hosted one: has accounts, and encrypts secrets itself."""
        return urlsplit(self.url).scheme in {"https", "http"}


def choose_backend(home: Home, option: str | None = None, environ: Mapping[str, str] = os.environ) -> Backend:
    """`--backend` ▸ LLMDEPLOY_BACKEND ▸ PULUMI_BACKEND_URL ▸ a file:// backend in the home.

    Raises:
        BackendUnusable: not a URL of a backend that Pulumi knows, or a folder that is not there.
    """
    wanted = (
        ("--backend", option),
        ("LLMDEPLOY_BACKEND", environ.get("LLMDEPLOY_BACKEND")),
        ("PULUMI_BACKEND_URL", environ.get("PULUMI_BACKEND_URL")),
    )
    for origin, url in wanted:
        if url:
            return _checked(origin, url)
    return Backend(home.state.as_uri())


def _checked(origin: str, url: str) -> Backend:
    if urlsplit(url).scheme not in _SCHEMES:
        known = ", ".join(f"{scheme}://" for scheme in _SCHEMES[:-1])
        raise BackendUnusable(f"{origin}: {url!r} is not a state backend", f"begin it with one of {known}")
    backend = Backend(url)
    if backend.folder is not None and not backend.folder.is_dir():
        raise BackendUnusable(f"{origin}: the folder {backend.folder} does not exist", "make it first")
    return backend
