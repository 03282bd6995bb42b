"""What the gateways' sidecars do in a cloud: they copy the files of their region's bucket, and Envoy takes
them up. No update of a stack is in the way of that, there or here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from llmdeploy.infra.provider.envoy import files_folder
from llmdeploy.infra.provider.simulated_envoy import ADMIN_SLOT, DIRECTORY_SLOT, envoy_program
from llmdeploy.infra.simulate.live.gateway_files import gateway_texts
from llmdeploy.infra.simulate.live.layout import EDGE, GATEWAY_PROGRAM
from llmdeploy.infra.simulate.live.topology import LiveTopology


def copy_files(topology: LiveTopology, ports: Mapping[str, int], run_dir: Path) -> None:
    """Bring every gateway that runs to the files of its bucket.

    Args:
        ports: of the live simulation, by symbol.
    """
    for region in topology.regions:
        folder = run_dir / f"{region.location}{EDGE}"
        if region.gateway is None or not files_folder(folder, GATEWAY_PROGRAM).is_dir():
            continue
        # With them come tokens that are good for half an hour, as a real sidecar renews them.
        texts = gateway_texts(region.gateway, ports, DIRECTORY_SLOT, ADMIN_SLOT)
        envoy_program(
            {
                "folder": str(folder),
                "name": GATEWAY_PROGRAM,
                "order": list(texts),
                "texts": texts,
                "drain_timeout_s": 0,
            }
        ).write()
