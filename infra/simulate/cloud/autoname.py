"""The names that the providers make up when a program gives none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from llmdeploy.infra.simulate.identity.seed import Seed
from llmdeploy.infra.simulate.sdk import Shape, shape
from llmdeploy.infra.simulate.wire import DEFAULTS

_DIGITS: Final = 7
"""pulumi-terraform-bridge adds a dash and seven hexadecimal digits."""
_NAMED: Final = {"aws:s3/bucket:Bucket": "bucket", "gcp:serviceaccount/account:Account": "accountId"}
"""Where the name is not called `name`."""
_LONGEST: Final = {
    "aws:lb/loadBalancer:LoadBalancer": 32,
    "aws:lb/targetGroup:TargetGroup": 32,
    "aws:iam/role:Role": 64,
    "gcp:serviceaccount/account:Account": 30,
}
_LONGEST_GCP: Final = 63
_LONGEST_AWS: Final = 255


def name_property(token: str) -> str | None:
    """The property that is filled in when the program leaves it out; None for resources without a made-up
    name.
    """
    known = shape(token)
    name = _NAMED.get(token, "name")
    return name if name in known.inputs and name not in known.required else None


def autoname(
    token: str, urn: str, generation: int, news: Mapping[str, Any], olds: Mapping[str, Any]
) -> dict[str, Any]:
    """The inputs that the provider adds: the name, and under `__defaults` that it did so.

    A resource that is there keeps the name it got; one that takes its place gets another.
    """
    name = name_property(token)
    if name is None or name in news or _prefixed(shape(token), name, news):
        return {DEFAULTS: []}
    if name in olds.get(DEFAULTS, ()) and olds.get(name):
        return {name: olds[name], DEFAULTS: [name]}
    return {name: _made_up(token, urn, generation), DEFAULTS: [name]}


def was_made_up(token: str, inputs: Mapping[str, Any]) -> bool:
    """Whether two of the resource can be there at once: its name, if it has one, was not chosen by the
    program.
    """
    name = name_property(token)
    return name is None or name in inputs.get(DEFAULTS, ()) or name not in inputs


def _prefixed(known: Shape, name: str, news: Mapping[str, Any]) -> bool:
    prefix = f"{name}Prefix"
    return prefix in known.inputs and prefix in news


def _made_up(token: str, urn: str, generation: int) -> str:
    logical = urn.rpartition("::")[2]
    if token.startswith("gcp:") or token in _NAMED:
        logical = logical.lower().replace("_", "-")
    longest = _LONGEST.get(token) or (
        _LONGEST_GCP if token.startswith("gcp:") or token in _NAMED else _LONGEST_AWS
    )
    digits = Seed(urn, generation).hex("name", _DIGITS)
    return f"{logical[: longest - _DIGITS - 1]}-{digits}"
