"""What AWS answers for a resource that it has made or changed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from llmdeploy.infra.simulate.identity.aws_extras import EXTRAS, account_of, changed
from llmdeploy.infra.simulate.identity.aws_forms import FORMS, GLOBAL_MODULES, Form
from llmdeploy.infra.simulate.identity.guess import guess, uuid
from llmdeploy.infra.simulate.identity.made import Made, with_changes
from llmdeploy.infra.simulate.identity.place import Place
from llmdeploy.infra.simulate.identity.seed import Seed
from llmdeploy.infra.simulate.sdk import Shape, shape

_HEX: Final = re.compile(r"^([hH])(\d+)$")


def region_of(token: str, inputs: Mapping[str, Any], place: Place) -> str:
    """Where the resource is; empty for services without regions."""
    module = token.split(":")[1].partition("/")[0]
    return "" if module in GLOBAL_MODULES else str(inputs.get("region") or place.region)


def make(token: str, inputs: Mapping[str, Any], seed: Seed, place: Place) -> Made:
    """Synthesise all outputs of a new resource."""
    known = shape(token)
    region = region_of(token, inputs, place)
    fields: dict[str, Any] = {**inputs, **_names(known, inputs, seed), "account": place.account}
    fields["region"] = region or place.region
    extra = EXTRAS[token](fields, seed, place) if token in EXTRAS else {}
    identity, arn = _identity(token, known, {**fields, **extra}, seed)
    outputs = {name: value for name, value in {**fields, **extra}.items() if name in known.outputs}
    _fill_arns(outputs, known, inputs, arn)
    _fill_rest(outputs, known, identity, seed, place)
    if not region:
        outputs.pop("region", None)
    return Made(identity, region, outputs)


def change(
    token: str, old: Mapping[str, Any], olds: Mapping[str, Any], news: Mapping[str, Any]
) -> dict[str, Any]:
    """All outputs after an update: what was made up stays, except what counts up.

    Args:
        old: the outputs before.
        olds: the inputs before.
    """
    known = shape(token)
    outputs = {**with_changes(known, old, olds, news), **changed(token, old, olds, news)}
    if "tagsAll" in known.outputs:
        outputs["tagsAll"] = dict(news.get("tags") or {})
    return outputs


def _names(known: Shape, inputs: Mapping[str, Any], seed: Seed) -> dict[str, str]:
    """Names made of a prefix, as `namePrefix` asks for."""
    names = {}
    for prefix in [name for name in inputs if name.endswith("Prefix")]:
        name = prefix.removesuffix("Prefix")
        if name in known.inputs and name not in inputs:
            names[name] = f"{inputs[prefix]}{seed.hex(name, 12)}"
    return names


def _identity(token: str, known: Shape, fields: Mapping[str, Any], seed: Seed) -> tuple[str, str]:
    form = FORMS.get(token) or _form(token, known)
    values = _Values(fields, seed)
    needs_arn_first = "{arn}" in form.id
    if needs_arn_first:
        values["arn"] = form.arn.format_map(values)
        return form.id.format_map(values), values["arn"]
    values["id"] = form.id.format_map(values) or uuid("id", seed)
    return values["id"], form.arn.format_map(values)


class _Values(defaultdict[str, Any]):
    """The fields of a template: inputs, outputs, and made-up digits."""

    def __init__(self, fields: Mapping[str, Any], seed: Seed) -> None:
        super().__init__(None, fields)
        self._seed = seed

    def __missing__(self, key: str) -> str:
        if key == "uuid":
            return uuid("id", self._seed)
        digits = _HEX.match(key)
        if digits is None:
            return ""
        made = self._seed.hex("id", int(digits.group(2)))
        return made.upper() if digits.group(1) == "H" else made


def _form(token: str, known: Shape) -> Form:
    """For a resource that is not in the table: by its documentation's example of an id."""
    _, module, kind = token.split(":")
    service = module.partition("/")[0]
    arn = (
        f"arn:aws:{service}:{{region}}:{{account}}:{kind.lower()}/{{uuid}}" if "arn" in known.outputs else ""
    )
    if known.id_example.startswith("arn:"):
        return Form("{arn}", arn or f"arn:aws:{service}:{{region}}:{{account}}:{kind.lower()}/{{uuid}}")
    if made := re.match(r"^([a-z]+)-[0-9a-f]{8,}$", known.id_example):
        return Form(f"{made.group(1)}-{{h17}}", arn.replace("{uuid}", "{id}"))
    return Form("{name}" if "name" in known.outputs else "{uuid}", arn)


def _fill_arns(outputs: dict[str, Any], known: Shape, inputs: Mapping[str, Any], arn: str) -> None:
    if not arn:
        return
    for name in known.outputs:
        if (name == "arn" or name.endswith("Arn")) and name not in inputs and name not in known.inputs:
            outputs.setdefault(name, arn)


def _fill_rest(outputs: dict[str, Any], known: Shape, identity: str, seed: Seed, place: Place) -> None:
    for name, kind in known.outputs.items():
        if name in outputs:
            continue
        if name == "tagsAll":
            outputs[name] = dict(outputs.get("tags") or {})
        elif account_of(name):
            outputs[name] = place.account
        elif name not in known.inputs and (value := guess(name, kind.kind, seed)) is not None:
            outputs[name] = value
    outputs["id"] = identity
