"""Rules about how a change reaches the traffic."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import urlsplit

from llmdeploy.serving.rules.problem import RuleProblem
from llmdeploy.serving.rules.routing import names_regions
from llmdeploy.serving.spec import ServingSpec
from llmdeploy.serving.spec.evaluation import Evaluation
from llmdeploy.serving.spec.rollout import Rollout

_EVAL = ("rollout", "eval")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def rollout_order_names_regions(spec: ServingSpec) -> Iterator[RuleProblem]:
    """The order names regions of the spec, each once."""
    order = _rollout(spec).order or ()
    yield from names_regions(("rollout", "order"), order, [region.name for region in spec.regions])


def rollout_steps_rise_to_100(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Each step is larger than the one before, and the last is everything."""
    steps = _rollout(spec).steps or ()
    for index, (before, step) in enumerate(pairwise(steps), start=1):
        if step <= before:
            yield RuleProblem(
                ("rollout", "steps", index), f"{step} does not come after {before}", "let the steps rise"
            )
    if steps and steps[-1] != 100:
        yield RuleProblem(
            ("rollout", "steps", len(steps) - 1), f"the last step is {steps[-1]}, not 100", "end with 100"
        )


def rollout_steps_are_of_shares(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Strategies that go over at once would silently ignore them."""
    rollout = _rollout(spec)
    if rollout.steps and rollout.strategy in ("blue-green", "all-at-once"):
        yield RuleProblem(
            ("rollout", "steps"),
            f"have no effect with strategy {rollout.strategy}",
            "leave them out, or use strategy: canary or shadow",
        )


def surge_leaves_room_for_two_versions(spec: ServingSpec) -> Iterator[RuleProblem]:
    """A second whole fleet cannot be held to a number, and a shadow must not take what answers users."""
    rollout = _rollout(spec)
    path = ("rollout", "surge")
    if rollout.surge is not None and rollout.strategy == "blue-green":
        yield RuleProblem(
            path,
            "has no effect with strategy blue-green, which runs a whole fleet beside the old one",
            "leave it out, or use strategy: canary",
        )
    elif rollout.surge == 0 and rollout.strategy == "shadow":
        yield RuleProblem(
            path,
            "0 would take replicas from users for one that answers nobody",
            "use at least 1, or strategy: canary",
        )


def evaluation_has_its_judge(spec: ServingSpec) -> Iterator[RuleProblem]:
    """judge-endpoint needs to know whom to ask; other checks ask nobody."""
    evaluation = _rollout(spec).eval
    if evaluation is None:
        return
    if evaluation.check == "judge-endpoint":
        yield from _missing_of_judge(evaluation)
        return
    for key in ("endpoint", "model", "key_env"):
        if getattr(evaluation, key) is not None:
            yield RuleProblem(
                (*_EVAL, key),
                f"has no effect with check {evaluation.check}",
                "leave it out, or use check: judge-endpoint",
            )


def evaluation_key_is_sent_in_secret(spec: ServingSpec) -> Iterator[RuleProblem]:
    """A key goes over https, or stays on this machine."""
    evaluation = _rollout(spec).eval
    if evaluation is None or evaluation.endpoint is None or evaluation.key_env is None:
        return
    address = urlsplit(evaluation.endpoint)
    if address.scheme == "http" and address.hostname not in _LOOPBACK:
        yield RuleProblem(
            (*_EVAL, "endpoint"), "would get its key over http, which others can read", "use https"
        )


def _missing_of_judge(evaluation: Evaluation) -> Iterator[RuleProblem]:
    if evaluation.endpoint is None:
        mend = "add endpoint: and the address of an OpenAI-compatible API"
        yield RuleProblem(_EVAL, "judge-endpoint needs an endpoint", mend)
    if evaluation.model is None:
        mend = "add model: and the name of the model that judges"
        yield RuleProblem(_EVAL, "judge-endpoint needs a model", mend)


def _rollout(spec: ServingSpec) -> Rollout:
    return spec.rollout or Rollout()
