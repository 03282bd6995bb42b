"""Turns a resource's raw schema (what main.go prints) into a tree of facts under the provider's own names.

A node: `new` a change forces a new resource; `one` at most one, so Pulumi
flattens it; `names` nested nodes; `each` what elements must hold; `relations` between its nested names; and
the facts of validators.py.
"""

from __future__ import annotations

from typing import Any

from scripts.provider_facts import enumerations, validators

Node = dict[str, Any]
RELATIONS = {
    "ConflictsWith": "conflicts",
    "ExactlyOneOf": "one_of",
    "AtLeastOneOf": "any_of",
    "RequiredWith": "requires",
}
FRAMEWORK_RELATIONS = {
    "ConflictsWith": "conflicts",
    "ExactlyOneOf": "one_of",
    "AtLeastOneOf": "any_of",
    "AlsoRequires": "requires",
}


def resource_tree(raw: dict[str, Any]) -> Node:
    """The root of a resource."""
    schema = raw["schema"] or {}
    root: Node = {"names": {}, "relations": []}
    if raw["kind"] == "sdk":
        _add_sdk(root, schema.get("Schema", {}), (), root)
    else:
        _add_framework(root, schema, (), root)
    return root


def _add_sdk(node: Node, properties: Any, path: tuple[str, ...], root: Node) -> None:
    for name, raw in properties.items() if isinstance(properties, dict) else ():
        if isinstance(raw, dict) and not name.startswith("$"):
            node["names"][name] = _sdk_property(raw, (*path, name), root)


def _sdk_property(raw: dict[str, Any], path: tuple[str, ...], root: Node) -> Node:
    if raw.get("$call", "").startswith("tags."):
        return {"new": True} if raw["$call"] == "tags.TagsSchemaForceNew" else {}
    if raw.get("$call", "").startswith(("sdkv2.IAMPolicy", "sdkv2.JSONDocument")):
        return {"form": "json"}
    node = validators.merge(
        [validators.facts_of(raw.get(key)) for key in ("ValidateFunc", "ValidateDiagFunc")]
    )
    if raw.get("Computed") is True and not raw.get("Optional") and not raw.get("Required"):
        return {"output": True}
    if raw.get("ForceNew") is True:
        node["new"] = True
    default = _default(raw.get("Default"))
    if default is not None:
        node["default"] = default
    if raw.get("MaxItems") == 1:
        node["one"] = True
    else:
        limits = [raw[key] if isinstance(raw.get(key), int) else None for key in ("MinItems", "MaxItems")]
        if any(limits):
            node["items"] = limits
    _sdk_element(node, raw.get("Elem"), path, root)
    for key, kind in RELATIONS.items():
        others = raw.get(key)
        if isinstance(others, list) and all(isinstance(other, str) for other in others):
            paths = [tuple(part for part in other.split(".") if not part.isdigit()) for other in others]
            root["relations"].append((kind, path, paths))
    return node


def _sdk_element(node: Node, element: Any, path: tuple[str, ...], root: Node) -> None:
    if not isinstance(element, dict):
        return
    if isinstance(element.get("Schema"), dict):
        node["names"] = {}
        _add_sdk(node, element["Schema"], path, root)
    elif each := _sdk_property(element, path, root):
        node["each"] = validators.merge([node.get("each", {}), each])


def _add_framework(node: Node, schema: dict[str, Any], path: tuple[str, ...], root: Node) -> None:
    for kind in ("Attributes", "Blocks"):
        properties = schema.get(kind)
        for name, raw in properties.items() if isinstance(properties, dict) else ():
            if isinstance(raw, dict) and "$type" in raw and not name.startswith("$"):
                node["names"][name] = _framework_property(raw, (*path, name), root)


def _framework_property(raw: dict[str, Any], path: tuple[str, ...], root: Node) -> Node:
    checks = raw.get("Validators") if isinstance(raw.get("Validators"), list) else []
    node = validators.merge([validators.facts_of(checks), validators.facts_of(raw.get("CustomType"))])
    if raw.get("Computed") is True and not raw.get("Optional") and not raw.get("Required"):
        return {"output": True}
    modifiers = raw.get("PlanModifiers") if isinstance(raw.get("PlanModifiers"), list) else []
    if any(
        "RequiresReplace" in str(modifier.get("$call", "")) and not modifier["$call"].endswith("If")
        for modifier in modifiers
    ):
        node["new"] = True
    default = raw.get("Default")
    if (
        isinstance(default, dict)
        and ".Static" in default.get("$call", "")
        and (value := _default(default["args"][0])) is not None
    ):
        node["default"] = value
    if node.get("items", [None, None])[1] == 1 or raw["$type"].startswith("Single"):
        node["one"] = True
        node.pop("items", None)
    nested = raw.get("NestedObject") if isinstance(raw.get("NestedObject"), dict) else raw
    if isinstance(nested.get("Attributes"), dict) or isinstance(nested.get("Blocks"), dict):
        node["names"] = {}
        _add_framework(node, nested, path, root)
    for check in [*checks, *(nested.get("Validators") or [] if nested is not raw else [])]:
        _framework_relation(check, path, root)
    return node


def _framework_relation(check: Any, path: tuple[str, ...], root: Node) -> None:
    if not isinstance(check, dict):
        return
    if check.get("$type") == "exactlyOneOfChildrenValidator":
        children = [_relative(part, path, inside=True) for part in check.get("pathExpressions") or []]
        if children and all(children):
            root["relations"].append(("one_of", children[0], children[1:]))
        return
    kind = FRAMEWORK_RELATIONS.get(check.get("$call", "").partition("validator.")[2])
    if kind is None:
        return
    arguments = check.get("args", [])
    others = [_relative(part, path, inside=False) for part in arguments]
    if others and all(others):
        root["relations"].append((kind, path, others))


def _relative(expression: Any, path: tuple[str, ...], *, inside: bool) -> tuple[str, ...] | None:
    """`path.MatchRoot("a")`, or `path.MatchRelative().AtParent().AtName("b")`."""
    if not isinstance(expression, dict):
        return None
    call, args, on = expression.get("$call"), expression.get("args", []), expression.get("on")
    if call == "path.MatchRoot" and isinstance(args[0], str):
        return (args[0],)
    if call == "path.MatchRelative":
        return path
    if call == ".AtParent":
        base = _relative(on, path, inside=inside)
        return base[:-1] if base is not None else None
    if call == ".AtName" and args and isinstance(args[0], str):
        base = _relative(on, path, inside=inside)
        return (*base, args[0]) if base is not None else None
    return None


def _default(value: Any) -> Any:
    if isinstance(value, dict) and "$name" in value:
        return enumerations.constant(value["$name"])
    return value if isinstance(value, str | int | float | bool) else None
