"""The very files that a gateway in a cloud would watch, moved to this machine: other ports, another folder,
names that the simulated DNS answers, nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import yaml

from llmdeploy.serving.gateway import cloud
from llmdeploy.serving.gateway.relays import LOOPBACK

Address: TypeAlias = tuple[str, int]


def transplanted(
    objects: Mapping[str, str],
    ports: Mapping[Address, int],
    secret: Mapping[str, str],
    directory: str,
    admin: str,
    tokens: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The files by name, in their order.

    Args:
        objects: what lies in the region's bucket for its gateway (`gateway_objects`).
        ports: for every address in the files, the port here; an address that is not in it stays, and leads
            nowhere.
        secret: the keys by client, as the cloud's secret holds them.
        tokens: what a gateway asks its cloud's services with, by the slot for it.
    """
    slots = {
        cloud.KEY_SLOT: secret.get(cloud.CLIENT, ""),
        cloud.PEER_KEY_SLOT: secret.get(cloud.PEER, ""),
        cloud.AZURE_KEY_SLOT: secret.get(cloud.AZURE, ""),
        cloud.DIRECTORY: directory,
        cloud.ADMIN_SOCKET: admin,
        **(tokens or {}),
    }
    return {
        name.removesuffix(cloud.TEMPLATE): _filled(_moved(text, ports), slots)
        for name, text in objects.items()
    }


def addresses(objects: Mapping[str, str]) -> frozenset[Address]:
    """Every address in the files."""
    found: set[Address] = set()
    for text in objects.values():
        _walk(yaml.load(text, Loader=yaml.CSafeLoader), found.add)
    return frozenset(found)


def _moved(text: str, ports: Mapping[Address, int]) -> str:
    content = yaml.load(text, Loader=yaml.CSafeLoader)

    def move(address: Address) -> Address:
        return (LOOPBACK, ports[address]) if address in ports else address

    _walk(content, move)
    return yaml.dump(content, Dumper=yaml.CSafeDumper, sort_keys=False, width=1000, allow_unicode=True)


def _walk(value: Any, visit: Any) -> None:
    """Call `visit` with every address in the value; what it returns takes the address's place."""
    if isinstance(value, dict):
        if {"address", "port_value"} <= value.keys():
            if moved := visit((value["address"], value["port_value"])):
                value["address"], value["port_value"] = moved
            return
        for item in value.values():
            _walk(item, visit)
    elif isinstance(value, list):
        for item in value:
            _walk(item, visit)


def _filled(text: str, slots: Mapping[str, str]) -> str:
    for slot, value in slots.items():
        text = text.replace(slot, value)
    return text
