"""From a provider's schema, as scripts/provider_facts/main.go prints it, to facts under the SDK's names."""

from __future__ import annotations

from typing import Any

import pytest
from scripts.provider_facts import properties, relations, tree, validators
from scripts.provider_facts.report import Report
from scripts.sdk_documentation import listed_values, stated_range

from llmdeploy.infra.simulate.schema import inputs

TOKEN = "aws:lb/listener:Listener"


def string(**rest: Any) -> dict[str, Any]:
    return {"$type": "Schema", "Type": {"$name": "schema.TypeString"}, "Optional": True, **rest}


def call(name: str, *args: Any, types: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"$call": name, "args": list(args), **({"types": list(types)} if types else {})}


def test_names_types_and_relations_become_the_sdks() -> None:
    forward = {"arn": string(ValidateFunc=call("verify.ValidARNCheck"), ForceNew=True)}
    stickiness = {"enabled": string(Default=False)}
    action = {
        "type": string(
            ValidateDiagFunc=call("enum.Validate", types=("elasticloadbalancingv2/types.ActionTypeEnum",))
        ),
        "order": string(ValidateFunc=call("validation.IntBetween", 1, 50000)),
        "target_group_arn": string(ConflictsWith=["default_action.0.forward"]),
        "forward": string(
            MaxItems=1,
            Elem={
                "Schema": {
                    "target_group": string(Elem={"Schema": forward}, MaxItems=5),
                    "stickiness": string(Elem={"Schema": stickiness}, MaxItems=1),
                }
            },
        ),
    }
    schema = {
        "default_action": string(Elem={"Schema": action}),
        "arn": {"Computed": True},
        "not_there": string(),
    }
    root = tree.resource_tree({"kind": "sdk", "schema": {"Schema": schema}})
    report = Report(missing=[])
    facts = properties.facts_of(root, inputs(TOKEN), TOKEN, report)
    relations.add(facts, root, inputs(TOKEN), report)
    actions = facts["of"]["defaultActions"]
    assert actions["of"]["type"]["enum"][0] == "forward"
    assert actions["of"]["order"] == {"range": [1, 50000]}
    assert actions["of"]["forward"]["of"]["targetGroups"]["items"] == [None, 5]
    assert actions["of"]["forward"]["of"]["targetGroups"]["of"]["arn"] == {"form": "arn", "new": True}
    assert actions["of"]["forward"]["of"]["stickiness"]["of"]["enabled"] == {"default": False}
    assert actions["relations"] == [["conflicts", "targetGroupArn", "forward"]]
    assert report.unmapped == [f"{TOKEN}.not_there"]


@pytest.mark.parametrize(
    ("node", "facts"),
    [
        (call("validation.StringInSlice", ["a", "b"], False), {"enum": ["a", "b"]}),
        (call("validation.StringInSlice", ["a"], True), {"enum": ["a"], "any_case": True}),
        (call("int64validator.AtLeast", 1), {"range": [1, None]}),
        (call("stringvalidator.LengthAtMost", 9), {"length": [None, 9]}),
        (
            call("validation.All", call("validation.IntAtLeast", 1), call("validation.IntAtMost", 5)),
            {"range": [1, 5]},
        ),
        (
            call(
                "validation.Any", call("validation.IntBetween", 1, 5), call("validation.IntBetween", -1, -1)
            ),
            {"any": [[{"range": [1, 5]}, {"range": [-1, -1]}]]},
        ),
        # What is not understood asks nothing, and lets everything through where it is one of several.
        (call("elsewhere.Check", 1), {}),
        (call("validation.Any", call("validation.IntAtLeast", 1), call("elsewhere.Check", 1)), {}),
        (call("validation.StringInSlice", call("elsewhere.Values"), False), {}),
    ],
)
def test_validators(node: dict[str, Any], facts: dict[str, Any]) -> None:
    assert validators.facts_of(node) == facts


def test_documentation_is_read_only_where_it_is_plain() -> None:
    assert listed_values("How. Valid values are `a`, `b-c`, and `d`. Default `a`.") == ["a", "b-c", "d"]
    assert listed_values("Valid values include `a`, `b`.") == []
    assert listed_values("Valid values are `a`, `b` and so on.") == []
    assert stated_range("A share. It must be between 1 and 99. The default is 50.") == [1, 99]
    assert stated_range("Valid values are 7, months * 31 (from 1 to 23), or 731.") is None
    assert stated_range("Traffic goes from 1 to 2.") is None
