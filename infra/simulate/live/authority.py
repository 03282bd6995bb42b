"""The authority of a live simulation: it signs what Amazon's and Google's would, for whoever simulates."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from llmdeploy.infra.provider import files
from llmdeploy.infra.provider.certificate import signed
from llmdeploy.infra.simulate.live.balancer import Tls

_FRONTS = "authority.json"
_SERVICES = "service-certificates.json"


@dataclass(frozen=True, slots=True)
class Authority:
    """Keeps what it has signed in the simulation's folder, so that a look again finds the same."""

    folder: Path

    @property
    def certificate(self) -> str:
        """What clients of the fronts trust (PEM); empty as long as nothing was signed."""
        return _text(self._made(_FRONTS))

    @property
    def certificate_file(self) -> Path:
        """Where that stands for those who take a file, with the services' certificates."""
        return self.folder / "authority.pem"

    def sign(self, names: tuple[str, ...]) -> Tls:
        """A front's certificate for these names."""
        return self._sign(_FRONTS, names)

    def sign_service(self, host: str) -> Tls:
        """A certificate for a host of the clouds' own services. Clients of the fronts have nothing to do with
        it.
        """
        return self._sign(_SERVICES, (host,))

    def _sign(self, file: str, names: tuple[str, ...]) -> Tls:
        made, key = self._made(file), ",".join(names)
        if key not in made:
            made[key] = signed(names)
            files.write_private(self.folder / file, json.dumps(made))
            every = _text(self._made(_FRONTS)) + _text(self._made(_SERVICES))
            files.write_private(self.certificate_file, every)
        return Tls(made[key]["certificate"], made[key]["private_key"])

    def _made(self, file: str) -> dict[str, dict[str, str]]:
        try:
            return dict(json.loads((self.folder / file).read_text()))
        except FileNotFoundError:
            return {}


def _text(made: dict[str, dict[str, str]]) -> str:
    return "".join(each["certificate"] for each in made.values())
