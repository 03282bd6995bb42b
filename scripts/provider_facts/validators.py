"""Turns the provider's validators into facts: enumerations, ranges, lengths, patterns, forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from scripts.provider_facts import enumerations

Facts = dict[str, Any]

# Validators that say by their name what they take. `form` names a check of infra/simulate/schema/forms.py.
FORMS = {
    "verify.ValidARNCheck": "arn",
    "verify.ValidARN": "arn",
    "arnValidator": "arn",
    "arnType": "arn",
    "verify.ValidAccountID": "account",
    "awsAccountIDValidator": "account",
    "validation.StringIsJSON": "json",
    "verify.ValidIAMPolicyJSON": "json",
    "NormalizedType": "json",
    "iamPolicyType": "json",
    "validation.IsRFC3339Time": "rfc3339",
    "RFC3339Type": "rfc3339",
    "verify.ValidUTCTimestamp": "rfc3339",
    "verify.ValidIPv4CIDRNetworkAddress": "cidr4",
    "ipv4CIDRNetworkAddressValidator": "cidr4",
    "verify.ValidIPv6CIDRNetworkAddress": "cidr6",
    "ipv6CIDRNetworkAddressValidator": "cidr6",
    "verify.ValidCIDRNetworkAddress": "cidr",
    "validation.IsCIDR": "cidr_range",
    "validation.IsCIDRNetwork": "cidr",
    "verify.ValidateIpCidrRange": "cidr_range",
    "validation.IsIPv4Address": "ip4",
    "validation.IsIPv6Address": "ip6",
    "validation.IsIPAddress": "ip",
    "verify.ValidateIpAddress": "ip",
    "validation.IsURLWithHTTPS": "https",
    "validation.IsURLWithHTTPorHTTPS": "url",
    "verify.ValidateBase64String": "base64",
    "verify.ValidBase64String": "base64",
    "verify.ValidateDuration": "duration",
    "verify.ValidateNonNegativeDuration": "duration",
    "GoDurationType": "duration",
    "nullable.ValidateTypeStringNullableBool": "boolean",
    "nullable.ValidateTypeStringNullableFloat": "number",
    "nullable.ValidateTypeStringNullableInt": "integer",
}
NAMES = {
    "validation.IsPortNumber": {"range": [1, 65535]},
    "validation.IsPortNumberOrZero": {"range": [0, 65535]},
    "validation.StringIsNotEmpty": {"length": [1, None]},
    "validation.StringIsNotWhiteSpace": {"length": [1, None]},
}
BETWEEN = re.compile(
    r"^(?:validation\.(?:Int|Float)|(?:int32|int64|float32|float64)validator\.)(Between|AtLeast|AtMost)$"
)
LENGTH = re.compile(
    r"^(?:validation\.StringLen|stringvalidator\.Length|stringvalidator\.UTF8Length)(Between|AtLeast|AtMost)$"
)
SIZE = re.compile(r"^(?:list|set|map)validator\.Size(Between|AtLeast|AtMost)$")


class NotUnderstood(Exception):
    """A validator that says more than we can read: nothing of it is used."""


def facts_of(node: Any) -> Facts:
    """What one validator, or a list of them, asks. What is not understood asks nothing."""
    if isinstance(node, list):
        return merge([facts_of(item) for item in node])
    try:
        return _facts(node)
    except NotUnderstood:
        return {}


def merge(parts: list[Facts]) -> Facts:
    """All of them hold."""
    out: Facts = {}
    for part in parts:
        for key, value in part.items():
            if key in ("match", "unlike", "any"):
                out[key] = out.get(key, []) + value
            elif key in ("range", "length", "items") and key in out:
                out[key] = [_tight(max, out[key][0], value[0]), _tight(min, out[key][1], value[1])]
            elif key == "each":
                out[key] = merge([out.get(key, {}), value])
            else:
                out.setdefault(key, value)
    return out


def _tight(choose: Callable[..., float], a: float | None, b: float | None) -> float | None:
    known = [x for x in (a, b) if x is not None]
    return choose(known) if known else None


def _facts(node: Any) -> Facts:
    if not isinstance(node, dict):
        return {}
    name = node.get("$call") or node.get("$func") or node.get("$name") or node.get("$type") or ""
    if name in FORMS:
        return {"form": FORMS[name]}
    if name in NAMES:
        return dict(NAMES[name])
    if "checks" in node:
        return _checks(node["checks"])
    args = node.get("args", [])
    if match := BETWEEN.match(name):
        return {"range": _bounds(match.group(1), args)}
    if match := LENGTH.match(name):
        return {"length": _bounds(match.group(1), args)}
    if match := SIZE.match(name):
        return {"items": _bounds(match.group(1), args)}
    handler = HANDLERS.get(name)
    return handler(node, args) if handler else {}


def _bounds(kind: str, args: list[Any]) -> list[float | None]:
    numbers: list[float | None] = [
        arg if isinstance(arg, int | float) and not isinstance(arg, bool) else None for arg in args
    ]
    if any(number is None for number in numbers):
        if kind != "Between":
            raise NotUnderstood
        return [numbers[0], numbers[1]]
    return {"Between": numbers, "AtLeast": [numbers[0], None], "AtMost": [None, numbers[0]]}[kind]


def _checks(checks: dict[str, Any]) -> Facts:
    out: Facts = {}
    if checks.get("min") is not None or checks.get("max") is not None:
        out["length"] = [checks.get("min"), checks.get("max")]
    for key in ("match", "unlike"):
        if checks[key]:
            out[key] = checks[key]
    if checks.get("empty"):
        return {"any": [[{"length": [0, 0]}, out]]}
    return out


def _strings(node: Any) -> list[str]:
    """The strings that an expression lists. Raises NotUnderstood."""
    if isinstance(node, str):
        return [node]
    if isinstance(node, list):
        return [string for item in node for string in _strings(item)]
    if isinstance(node, dict):
        name = node.get("$call", "")
        if "$name" in node and (value := enumerations.constant(node["$name"])):
            return [value]
        if name in ("enum.Slice", "append", "slices.AppendUnique", "enum.EnumSlice"):
            return _strings(node["args"])
        if name in ("enum.Values", "enum.EnumValues"):
            return _enumeration(node)
    raise NotUnderstood


def _enumeration(node: dict[str, Any]) -> list[str]:
    found = enumerations.values(node["types"][0]) if node.get("types") else None
    if found is None:
        raise NotUnderstood
    return found


def _one_of(_: Any, args: list[Any]) -> Facts:
    if all(isinstance(arg, int | float) for arg in args):
        return {"enum": args}
    return {"enum": _strings(args)}


def _in_slice(_: Any, args: list[Any]) -> Facts:
    facts: Facts = {"enum": _strings(args[0])}
    if args[1:] and args[1] is not False:
        facts["any_case"] = True
    return facts


def _int_in_slice(_: Any, args: list[Any]) -> Facts:
    if isinstance(args[0], list) and all(isinstance(item, int) for item in args[0]):
        return {"enum": args[0]}
    return {}


def _pattern(key: str) -> Callable[[Any, list[Any]], Facts]:
    def read(_: Any, args: list[Any]) -> Facts:
        compiled = args[0]
        pattern = compiled if isinstance(compiled, str) else (compiled.get("args") or [None])[0]
        return {key: [pattern]} if isinstance(pattern, str) else {}

    return read


def _any(_: Any, args: list[Any]) -> Facts:
    options = [_facts(arg) for arg in args]
    # An option that is not understood lets everything through.
    return {"any": [options]} if all(options) else {}


HANDLERS: dict[str, Callable[[Any, list[Any]], Facts]] = {
    "enum.Validate": lambda node, _: {"enum": _enumeration(node)},
    "enum.FrameworkValidate": lambda node, _: {"enum": _enumeration(node)},
    "types.StringEnumType": lambda node, _: {"enum": _enumeration(node)},
    "enum.ValidateIgnoreCase": lambda node, _: {"enum": _enumeration(node), "any_case": True},
    "enum.FrameworkValidateIgnoreCase": lambda node, _: {"enum": _enumeration(node), "any_case": True},
    "types.ListOfStringEnumType": lambda node, _: {"each": {"enum": _enumeration(node)}},
    "types.SetOfStringEnumType": lambda node, _: {"each": {"enum": _enumeration(node)}},
    ".AttributeDefault": lambda node, _: _facts(node.get("on")),
    "validation.StringInSlice": _in_slice,
    "validation.IntInSlice": _int_in_slice,
    "stringvalidator.OneOf": _one_of,
    "int64validator.OneOf": _one_of,
    "int32validator.OneOf": _one_of,
    "validation.StringMatch": _pattern("match"),
    "validation.StringDoesNotMatch": _pattern("unlike"),
    "stringvalidator.RegexMatches": _pattern("match"),
    "verify.ValidateRegexp": _pattern("match"),
    "validation.All": lambda _, args: merge([facts_of(arg) for arg in args]),
    "validation.AllDiag": lambda _, args: merge([facts_of(arg) for arg in args]),
    "stringvalidator.All": lambda _, args: merge([facts_of(arg) for arg in args]),
    "validation.ToDiagFunc": lambda _, args: _facts(args[0]),
    "verify.OrEmpty": lambda _, args: _any(
        _, [{"$call": "validation.StringLenBetween", "args": [0, 0]}, args[0]]
    ),
    "validation.Any": _any,
    "validation.AnyDiag": _any,
    "stringvalidator.Any": _any,
    "listvalidator.ValueStringsAre": lambda _, args: {"each": merge([facts_of(arg) for arg in args])},
    "setvalidator.ValueStringsAre": lambda _, args: {"each": merge([facts_of(arg) for arg in args])},
    "nullable.ValidateTypeStringNullableIntBetween": lambda _, args: {
        "form": "integer",
        "range": _bounds("Between", args),
    },
    "nullable.ValidateTypeStringNullableIntAtLeast": lambda _, args: {
        "form": "integer",
        "range": _bounds("AtLeast", args),
    },
}
