"""The authority of a live simulation: it signs what Amazon's and Google's would, for whoever simulates."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from llmdeploy.infra.provider import files
from llmdeploy.infra.provider.certificate import signed
from llmdeploy.infra.simulate.live.balancer import Tls

_FILE = "authority.json"


@dataclass(frozen=True, slots=True)
class Authority:
    """Keeps what it has signed in the simulation's folder, so that a look again finds the same."""

    folder: Path

    @property
    def certificate(self) -> str:
        """What clients trust (PEM); empty as long as nothing was signed."""
        return "".join(made["certificate"] for made in self._made().values())

    @property
    def certificate_file(self) -> Path:
        """Where that stands for those who take a file."""
        return self.folder / "authority.pem"

    def sign(self, names: tuple[str, ...]) -> Tls:
        """A certificate for these names."""
        made, key = self._made(), ",".join(names)
        if key not in made:
            made[key] = signed(names)
            files.write_private(self.folder / _FILE, json.dumps(made))
            files.write_private(self.certificate_file, self.certificate)
        return Tls(made[key]["certificate"], made[key]["private_key"])

    def _made(self) -> dict[str, dict[str, str]]:
        try:
            return dict(json.loads((self.folder / _FILE).read_text()))
        except FileNotFoundError:
            return {}
