"""Finds the values of the Go SDK's enumerations, like `elasticloadbalancingv2/types.ProtocolEnum`."""

from __future__ import annotations

from scripts.provider_facts.service_models import plain, service_model


def values(go_type: str) -> list[str] | None:
    """The values of an enumeration type; None when botocore has no such shape."""
    package, _, name = go_type.partition("/types.")
    shape = service_model(package)["shapes"].get(name, {})
    return list(shape["enum"]) if "enum" in shape else None


def constant(go_name: str) -> str | None:
    """The value of a constant, whose name is its type's and then its own: `…/types.ProtocolEnumHttps`."""
    package, _, name = go_name.partition("/types.")
    for shape_name, shape in service_model(package)["shapes"].items():
        if name.startswith(shape_name) and "enum" in shape:
            wanted = plain(name.removeprefix(shape_name))
            for value in shape["enum"]:
                if plain(value) == wanted:
                    return str(value)
    return None
