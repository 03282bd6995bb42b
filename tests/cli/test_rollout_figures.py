"""By what a rollout is judged: this machine's figures, a cloud's, or nothing; what is refused for that."""

from __future__ import annotations

from types import SimpleNamespace as Made

import pytest

from llmdeploy.cli.rollouts.figures import anybody_serves, as_watched, require_figures, serves_here
from llmdeploy.infra.rollout.errors import RolloutRefused
from llmdeploy.serving.rollout.criteria import Criteria

SHORT = Criteria(bake=120)
PLACES = {
    "this machine": ("local/a", None),
    "a live simulation": ("aws/us-east-1", Made(runs=True)),
    "a simulation": ("aws/us-east-1", Made(runs=False)),
    "clouds": ("aws/us-east-1", None),
}


class Move(Made):
    """A progress, as far as it is read here."""

    def model_copy(self, update):
        return Move(**{**vars(self), **update})


def world(place: str) -> tuple[Made, Move]:
    region, simulation = PLACES[place]
    plan = Made(regions=[Made(provider=region.partition("/")[0])])
    return Made(plan=plan, simulation=simulation), Move(groups=((region,),), judged=True)


@pytest.mark.parametrize(
    ("place", "here", "anybody"),
    [
        ("this machine", True, True),
        ("a live simulation", True, True),
        ("a simulation", False, False),
        ("clouds", False, True),
    ],
)
def test_who_serves(place, here, anybody) -> None:
    deployment, progress = world(place)
    assert (serves_here(deployment), anybody_serves(deployment)) == (here, anybody)
    assert as_watched(deployment, progress).judged is anybody


@pytest.mark.parametrize("place", ["this machine", "a live simulation", "a simulation"])
def test_only_the_clouds_need_minutes(place) -> None:
    require_figures(*world(place), SHORT)


def test_a_short_bake_is_refused_in_clouds_before_anything_changes() -> None:
    deployment, progress = world("clouds")
    with pytest.raises(RolloutRefused, match=r"rollout\.bake: 2m is too short"):
        require_figures(deployment, progress, SHORT)
    require_figures(deployment, progress, Criteria())


def test_a_way_back_is_not_judged_and_so_not_refused() -> None:
    deployment, progress = world("clouds")
    require_figures(deployment, progress.model_copy({"judged": False}), SHORT)
