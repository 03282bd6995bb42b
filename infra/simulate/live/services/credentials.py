"""The credentials of the simulated account's roles, one a region, kept in the folder of its clouds."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Final

from llmdeploy.infra.provider import files
from llmdeploy.infra.simulate.live.services.configuration import Role

_FILE: Final = "roles.json"
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def role_in(folder: Path, location: str) -> Role:
    """The credentials that a gateway's task gets in a region: drawn once, then the same."""
    with files.locked(folder):
        known = json.loads(files.read_text(folder / _FILE) or "{}")
        if location not in known:
            known[location] = _drawn().model_dump()
            files.write_private(folder / _FILE, json.dumps(known))
    return Role.model_validate(known[location])


def environment_of(role: Role, location: str) -> dict[str, str]:
    """How a process takes them: the first place where Envoy and the SDKs look."""
    return {
        "AWS_ACCESS_KEY_ID": role.access_key_id,
        "AWS_SECRET_ACCESS_KEY": role.secret_access_key,
        "AWS_SESSION_TOKEN": role.session_token,
        "AWS_REGION": location,
        # Never those of the machine itself.
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _drawn() -> Role:
    """Temporary credentials begin with ASIA (IAM user guide, reference: unique identifiers)."""
    return Role(
        access_key_id="ASIA" + "".join(secrets.choice(_LETTERS) for _ in range(16)),
        secret_access_key=secrets.token_urlsafe(30),
        session_token=f"simulated-{secrets.token_urlsafe(60)}",
    )
