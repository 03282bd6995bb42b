"""A gateway's files as they are on this machine."""

from __future__ import annotations

from collections.abc import Mapping

from llmdeploy.infra.simulate.live import symbols
from llmdeploy.infra.simulate.live.topology import LiveGateway
from llmdeploy.infra.simulate.live.transplant import addresses, transplanted
from llmdeploy.serving.gateway.relays import LOOPBACK


def gateway_texts(
    gateway: LiveGateway, ports: Mapping[str, int], directory: str, admin: str, *, filled: bool = True
) -> dict[str, str]:
    """They by name, in their order.

    Args:
        ports: by symbol.
        filled: with the tokens that are good now; else with slots for them.
    """
    named = {**gateway.hosts, **relay_symbols(gateway)}
    return transplanted(
        gateway.objects,
        {address: int(ports[symbol]) for address, symbol in named.items() if symbol in ports},
        gateway.secret,
        directory,
        admin,
        gateway.tokens if filled else {},
    )


def relay_symbols(gateway: LiveGateway) -> dict[tuple[str, int], str]:
    """The gateway's own loopback ports, which would meet those of its neighbours here."""
    return {
        address: symbols.relay(gateway.symbol, address[1])
        for address in sorted(addresses(gateway.objects))
        if address[0] == LOOPBACK
    }
