"""What Google Cloud answers for a resource that it has made or changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from llmdeploy.infra.simulate.identity.gcp_extras import EXTRAS, changed
from llmdeploy.infra.simulate.identity.gcp_forms import FORMS
from llmdeploy.infra.simulate.identity.guess import guess, uuid
from llmdeploy.infra.simulate.identity.made import Made, with_changes
from llmdeploy.infra.simulate.identity.place import Place
from llmdeploy.infra.simulate.identity.seed import Seed
from llmdeploy.infra.simulate.sdk import Shape, shape

COMPUTE: Final = "https://www.googleapis.com/compute/v1/"
_FIELD: Final = re.compile(r"\{\{%?(?:\w+\.)?(\w+)\}\}")
_REGION_OF_ZONE: Final = re.compile(r"-[a-z]$")


def region_of(token: str, inputs: Mapping[str, Any], place: Place) -> str:
    """Where the resource is; empty for what is global."""
    known = shape(token).inputs
    if "region" in known:
        return _last(inputs.get("region") or place.region)
    if "location" in known:
        return _last(inputs.get("location") or "")
    if "zone" in known:
        return _REGION_OF_ZONE.sub("", _last(inputs.get("zone") or place.zone))
    return ""


def make(token: str, inputs: Mapping[str, Any], seed: Seed, place: Place) -> Made:
    """Synthesise all outputs of a new resource."""
    known = shape(token)
    fields = {**_defaults(known, inputs, place), **inputs, **_names(known, inputs, seed)}
    if token in EXTRAS:
        fields |= EXTRAS[token](fields, seed, place)
    identity = _identity(token, known, fields, seed, place)
    outputs = {name: value for name, value in fields.items() if name in known.outputs}
    _fill_rest(token, outputs, known, identity, fields, seed)
    return Made(identity, region_of(token, inputs, place), outputs)


def change(
    token: str, old: Mapping[str, Any], olds: Mapping[str, Any], news: Mapping[str, Any]
) -> dict[str, Any]:
    """All outputs after an update: what was made up stays.

    Args:
        old: the outputs before.
        olds: the inputs before.
    """
    known = shape(token)
    outputs = {**with_changes(known, old, olds, news), **changed(token, old, news)}
    _fill_labels(outputs, known)
    return outputs


def _defaults(known: Shape, inputs: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """What the provider's configuration gives. A link is kept as the name at its end."""
    given: dict[str, Any] = {}
    if "project" in known.outputs:
        given["project"] = place.project
    if "region" in known.outputs and "region" not in inputs:
        given["region"] = place.region
    return given


def _names(known: Shape, inputs: Mapping[str, Any], seed: Seed) -> dict[str, str]:
    if "namePrefix" in inputs and "name" in known.inputs and "name" not in inputs:
        return {"name": f"{inputs['namePrefix']}{seed.hex('name', 12)}"}
    return {}


def _identity(token: str, known: Shape, fields: Mapping[str, Any], seed: Seed, place: Place) -> str:
    form = FORMS.get(token) or _form(token, known)

    def filled(match: re.Match[str]) -> str:
        field = match.group(1)
        if field == "number":
            return str(10**18 + seed.number("id", 10**18))
        if field == "project_number":
            return place.project_number
        if field == "uuid":
            return uuid("id", seed)
        if field == "h8":
            return seed.hex("id", 8)
        value = fields.get(_camel(field), place.project if field == "project" else "")
        return _last(value) if field in {"region", "zone", "location"} else str(value)

    return _FIELD.sub(filled, form)


def _form(token: str, known: Shape) -> str:
    if known.id_forms and known.id_forms[0].count("{{") > 1:
        return known.id_forms[0]
    kind = token.rpartition(":")[2]
    if token.endswith(("IAMMember", "IAMBinding")):
        member = "/{{member}}" if token.endswith("Member") else ""
        return _subject(known) + "/{{role}}" + member
    collection = kind[0].lower() + kind[1:] + "s"
    scope = "locations/{{location}}/" if "location" in known.inputs else ""
    return (
        f"projects/{{{{project}}}}/{scope}{collection}/{'{{name}}' if 'name' in known.inputs else '{{uuid}}'}"
    )


def _subject(known: Shape) -> str:
    """What an IAM member is about: the input that is neither role, member, condition nor place."""
    plain = known.inputs - {"role", "member", "members", "condition", "project", "location", "region"}
    return "/".join("{{" + _snake(name) + "}}" for name in sorted(plain))


def _fill_rest(
    token: str, outputs: dict[str, Any], known: Shape, identity: str, fields: Mapping[str, Any], seed: Seed
) -> None:
    link = fields.get("selfLink") or (COMPUTE + identity if token.startswith("gcp:compute/") else identity)
    for name, kind in known.outputs.items():
        if name in outputs:
            continue
        if name in {"selfLink", "selfLinkUnique"}:
            outputs[name] = link
        elif name == "name":
            outputs[name] = identity
        elif name not in known.inputs and (value := guess(name, kind.kind, seed)) is not None:
            outputs[name] = value
    _fill_labels(outputs, known)
    outputs["id"] = identity


def _fill_labels(outputs: dict[str, Any], known: Shape) -> None:
    labels = dict(outputs.get("labels") or {})
    if "effectiveLabels" in known.outputs:
        outputs["effectiveLabels"] = labels
    if "pulumiLabels" in known.outputs:
        outputs["pulumiLabels"] = labels


def _last(value: Any) -> str:
    return str(value).rpartition("/")[2]


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _snake(name: str) -> str:
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
