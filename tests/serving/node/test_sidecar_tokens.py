"""Tokens of Google's in the gateway's files: filled in from the metadata server, renewed before they end."""

from __future__ import annotations

import base64
import json
import stat
from pathlib import Path

from tests.serving.node.machine import CLOUD_TOKEN, Machine
from tests.serving.node.test_sidecar import sidecar, told
from tests.serving.node.test_weights import wait

from llmdeploy.serving.node.sidecar import FILE_LIST, TOKEN_LEFT_S, file_list, listed_files

FILES = {
    "bootstrap.yaml": "b: 1\n",
    "access-token.yaml.template": "secret: Bearer {access-token}\n",
    "identity-token.green.yaml.template": "secret: Bearer {identity-token.green}\n",
}
AUDIENCE = "https://chat-green-0a1b.a.run.app"


def published(folder: Path, audience: str = AUDIENCE) -> Machine:
    machine = Machine(folder / "m")
    publish(machine, audience)
    return machine


def publish(machine: Machine, audience: str) -> None:
    for name, content in FILES.items():
        machine.put(f"gateway/{name}", content)
    machine.put(f"gateway/{FILE_LIST}", file_list(FILES, None, {"green": audience}))


def audience_in(file: Path) -> str:
    claims = file.read_text().split(".")[1]
    told: dict[str, str] = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    return told["aud"]


def test_both_kinds_are_filled_in_for_envoy_alone(tmp_path: Path) -> None:
    machine = published(tmp_path)
    with sidecar(machine, "gcp") as folder:
        wait((folder / ".ready").exists)
        token, identity = folder / "access-token.yaml", folder / "identity-token.green.yaml"
        assert token.read_text() == f"secret: Bearer {CLOUD_TOKEN}\n"
        assert audience_in(identity) == AUDIENCE
        assert {stat.S_IMODE(path.stat().st_mode) for path in (token, identity)} == {0o600}
        assert ["chown", "101:101", f"{folder}/.new/access-token.yaml"] in machine.calls("chown")
    assert CLOUD_TOKEN not in (machine.folder / "calls").read_text()
    assert "signed" not in (machine.folder / "calls").read_text()


def test_a_good_one_stays_and_one_that_ends_soon_is_renewed(tmp_path: Path) -> None:
    machine = published(tmp_path)
    (machine.folder / "token").write_text(f"{TOKEN_LEFT_S} first\n")
    with sidecar(machine, "gcp") as folder:
        token, identity = folder / "access-token.yaml", folder / "identity-token.green.yaml"
        wait((folder / ".ready").exists)
        before = identity.stat().st_ino
        (machine.folder / "token").write_text("3599 second\n")
        wait(lambda: "second" in token.read_text())
        (machine.folder / "token").write_text("3599 third\n")
        (folder / ".ready").unlink()
        wait((folder / ".ready").exists)
        assert "second" in token.read_text()
        assert identity.stat().st_ino == before


def test_one_that_cannot_be_renewed_stays_in_place(tmp_path: Path) -> None:
    machine = published(tmp_path)
    (machine.folder / "token").write_text("1 old\n")
    with sidecar(machine, "gcp") as folder:
        wait((folder / ".ready").exists)
        (machine.folder / "token").write_text("1 bad|token\n")
        wait(lambda: "could not be renewed" in told(machine))
        assert (folder / "access-token.yaml").read_text() == "secret: Bearer old\n"


def test_another_service_gets_a_token_of_its_own_at_once(tmp_path: Path) -> None:
    machine = published(tmp_path)
    with sidecar(machine, "gcp") as folder:
        wait((folder / ".ready").exists)
        publish(machine, "https://other.a.run.app")
        wait(lambda: audience_in(folder / "identity-token.green.yaml") == "https://other.a.run.app")


def test_nothing_is_ready_with_an_open_slot(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "m")
    for name, content in FILES.items():
        machine.put(f"gateway/{name}", content)
    # No audience is told.
    machine.put(f"gateway/{FILE_LIST}", file_list(FILES, None))
    with sidecar(machine, "gcp") as folder:
        wait(lambda: "could not be copied" in told(machine))
        assert not (folder / ".ready").exists()
        assert not (folder / "identity-token.green.yaml").exists()


def test_the_list_names_the_files_and_nothing_else() -> None:
    assert listed_files(file_list(FILES, "keys", {"green": AUDIENCE})) == tuple(FILES)
