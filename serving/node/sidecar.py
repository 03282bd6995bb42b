"""The container beside Envoy that keeps its files as the region's bucket has them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from hashlib import sha256

from llmdeploy.serving.gateway.cloud import AZURE, CLIENT, DIRECTORY, PEER
from llmdeploy.serving.node.files import Cloud, script
from llmdeploy.serving.plan.model import Plan, Slot

POLL_S = 15
"""Seconds between two looks: a change of weights reaches every gateway within this. Each look costs about two
seconds of one CPU with the AWS command line."""
TOKEN_EVERY_S, TOKEN_LEFT_S = 600, 600
"""Tokens of Google's, which last an hour, are fetched anew after so many seconds, and at every look from so
many on before their end. Google's metadata server hands out the one that it has until shortly before it
ends."""
FILE_LIST = "files"
"""The object beside the gateway's files that says which they are. Written last."""
ENVOY_OWNER = "101:101"
"""User and group of Envoy in the image envoyproxy/envoy (from memory). Files with keys are for it alone."""

KEYS = (CLIENT, PEER)
"""The keys that a secret usually holds, and that the script fills in as far as they are there."""


def filled_keys(plan: Plan) -> tuple[str, ...]:
    """The keys that the gateways of a deployment fill in."""
    return KEYS if all(region.has_gateway for region in plan.regions) else (*KEYS, AZURE)


def config_sidecar_command(
    cloud: Cloud,
    *,
    location: str,
    bucket: str,
    folder: str = DIRECTORY,
    owner: str = ENVOY_OWNER,
    keys: Sequence[str] = KEYS,
) -> list[str]:
    """The command of the sidecar: a shell with `aws`, or for gcp with `curl` and `base64`.

    It runs for ever. For gcp it also fills in tokens of the machine's service account, `{access-token}` and
    `{identity-token.SLOT}`, and renews them well before they end. `.ready` in the folder says that a whole
    set is in place; Envoy waits for it. Which files there are, and where the keys are kept, it reads from the
    bucket: a change of either makes no new gateway.

    Args:
        owner: user:group that Envoy runs as.
        keys: those of the secret, whose slots are `{NAME-key}`.
    """
    settings = {
        "LOCATION": location,
        "BUCKET": bucket,
        "FILE_LIST": FILE_LIST,
        "FOLDER": folder,
        "OWNER": owner,
        "POLL_S": str(POLL_S),
        **(
            {"TOKEN_EVERY_S": str(TOKEN_EVERY_S), "TOKEN_LEFT_S": str(TOKEN_LEFT_S)} if cloud == "gcp" else {}
        ),
    }
    lines = [f"{name}={shlex.quote(value)}" for name, value in settings.items()]
    loop = "for slot in {};"
    filling = script("sidecar").replace(loop.format(" ".join(KEYS)), loop.format(" ".join(keys)))
    return ["/bin/sh", "-c", "\n".join((*lines, script(f"sidecar-{cloud}"), filling))]


def file_list(
    files: Mapping[str, str], secret: str | None, audiences: Mapping[Slot, str] | None = None
) -> str:
    """The text of the object `FILE_LIST`: a line `secret ID`, a line `audience SLOT ADDRESS` for each service
    that is asked with an ID token, then `sha256  name` for each file.

    The sums tell a whole version from one of which some objects are old: objects are written one by one.

    Args:
        files: `gateway_objects`, in the order to put them in place; what ends in `.template` has its slots
            filled.
        secret: where `{"default": KEY, "peer": KEY}` is kept: a name or ARN of AWS, or
            `projects/PROJECT/secrets/NAME`; None where the gateway asks for no key.
        audiences: whom the ID tokens are for (`https://HOST`), by the slot of the endpoint.
    """
    named = [f"secret {secret}\n"] if secret else []
    named += [f"audience {slot} {address}\n" for slot, address in sorted((audiences or {}).items())]
    sums = (f"{file_sum(text)}  {name}\n" for name, text in files.items())
    return "".join((*named, *sums))


def relisted(text: str, files: Mapping[str, str]) -> str:
    """A `file_list` with other sums for these files, which it names."""
    lines = (line.partition("  ") for line in text.splitlines())
    return "".join(
        f"{file_sum(files[name]) if name in files else first}{gap}{name}\n" for first, gap, name in lines
    )


def file_sum(content: str) -> str:
    """What tells a file's content from any other, as `sha256sum` prints it."""
    return sha256(content.encode()).hexdigest()


def listed_sums(text: str) -> Mapping[str, str]:
    """The sum of each file in a `file_list`."""
    lines = (line.partition("  ") for line in text.splitlines())
    return {name: first for first, gap, name in lines if gap}


def listed_files(text: str) -> tuple[str, ...]:
    """The names in a `file_list`, in their order."""
    return tuple(listed_sums(text))
