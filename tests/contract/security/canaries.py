"""Where secrets must not be: anywhere but in the clouds' own secret stores and certificates."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.contract.security.held import Held
from tests.contract.security.storage import scripts
from tests.contract.world import HUB_TOKEN, PASSPHRASE, World

KEEPERS = {
    ("aws", "SecretVersion", "secretString"),
    ("aws", "Certificate", "privateKey"),
    ("gcp", "SecretVersion", "secretData"),
    ("gcp", "SSLCertificate", "privateKey"),
}
"""Properties whose very purpose is to hold a secret; the provider must know them as secret."""
_DIFFERENT = slice(60, 120)
"""The part of a key's base64 that is not the same in all keys."""


def canaries(held: Held) -> Mapping[str, str]:
    """Every secret of a deployment by what it is, as the clouds were given it."""
    found = {"hub token": HUB_TOKEN, "passphrase": PASSPHRASE}
    for record in held.records:
        for name, value in _kept(record.inputs, record.package, record.type).items():
            if name == "privateKey":
                found[f"key of {record.name}"] = "".join(value.splitlines()[1:-1])[_DIFFERENT]
            elif value.startswith("{"):
                found |= {f"{kind} key": key for kind, key in json.loads(value).items()}
    return found


def problems(world: World, held: Held) -> Iterator[str]:
    """Every place where a secret is found."""
    secrets = canaries(held)
    for place, text in _places(world, held):
        for kind, secret in secrets.items():
            if secret in text or secret in text.replace("\\n", "").replace("\n", ""):
                yield f"the {kind} stands in {place}"
    for record in held.records:
        for name in _kept(record.inputs, record.package, record.type):
            if name not in record.secrets:
                yield f"{record.name}: {name} came as plain text"


def _places(world: World, held: Held) -> Iterator[tuple[str, str]]:
    yield "the state", world.state()
    yield "the events", "\n".join(world.events)
    for record in held.records:
        shown = {**record.inputs, **record.outputs}
        for name in _kept(shown, record.package, record.type):
            del shown[name]
        yield f"{record.type} {record.name}", "\n".join([json.dumps(shown), *scripts(record)])
    for log in world.folder.rglob("*.log"):
        yield log.name, log.read_text(errors="replace")


def _kept(values: Mapping[str, Any], package: str, kind: str) -> dict[str, str]:
    return {name: str(value) for name, value in values.items() if (package, kind, name) in KEEPERS}
