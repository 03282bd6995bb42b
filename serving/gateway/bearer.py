"""Bearer credentials that a relay adds to what it sends on: secrets in watched files of their own, so that a
new one is taken up without a restart and stands nowhere else.
"""

from __future__ import annotations

from llmdeploy.serving.gateway.typed import Config, extension, typed, watched


def bearer_secret(name: str, credential: str) -> Config:
    """The credential, as Envoy watches it."""
    return typed(
        "extensions.transport_sockets.tls.v3.Secret",
        name=name,
        generic_secret={"secret": {"inline_string": f"Bearer {credential}"}},
    )


def bearer_filter(name: str, directory: str, file: str) -> Config:
    """The filter that adds it; what a request has brought itself is dropped."""
    return extension(
        "envoy.filters.http.credential_injector",
        "extensions.filters.http.credential_injector.v3.CredentialInjector",
        overwrite=True,
        credential=extension(
            "envoy.http.injected_credentials.generic",
            "extensions.http.injected_credentials.generic.v3.Generic",
            credential={"name": name, "sds_config": watched(directory, file)},
            header="authorization",
        ),
    )
