"""Why nothing in a region will do, said where the spec can be mended."""

from __future__ import annotations

from llmdeploy.serving.catalog.gpus import gpus
from llmdeploy.serving.placement.ask import RegionAsk
from llmdeploy.serving.placement.fit import sizing_request
from llmdeploy.serving.placement.place import Option, Placement
from llmdeploy.serving.plan.draft import Draft, SpecPath
from llmdeploy.serving.sizing.mend import size_with_mend

SHOWN = 3
"""Reasons in one error."""


def refuse_region(draft: Draft, index: int, ask: RegionAsk, placement: Placement) -> Draft:
    """The draft with a problem for one region: the reasons of the largest instances, and the mend."""
    path = _path(draft, index)
    if not placement.others:
        wanted = f"{ask.count or 1} × {ask.gpu}" if ask.gpu else f"{ask.count or 1} GPUs"
        mend = "use another GPU, count or region: `llmdeploy catalog instances` shows what there is"
        return draft.refused(path, f"no instance type of {ask.region} has {wanted}", mend)
    nearest = placement.others[-1]
    shown = "; ".join(f"{name}: {reason}" for reason, name in _reasons(placement)[:SHOWN])
    return draft.refused(path, f"nothing in {ask.region} will do: {shown}", _mend(ask, nearest))


def _path(draft: Draft, index: int) -> SpecPath:
    if draft.spec.regions[index].hardware is not None:
        return ("regions", index, "hardware")
    return ("hardware",) if draft.spec.hardware is not None else ("regions", index)


def _reasons(placement: Placement) -> list[tuple[str, str]]:
    """Each reason once, with the largest instance that it holds for; that one's the first."""
    found: dict[str, str] = {}
    for option in reversed(placement.others):
        found.setdefault(option.reason, option.instance.name)
    return list(found.items())


def _mend(ask: RegionAsk, nearest: Option) -> str:
    found = nearest.fit
    if found is None or found.sizing is None:
        return "use another format, GPU or region"
    if not found.sizing.fits:
        request = sizing_request(ask.replica, gpus()[nearest.instance.gpu], found.tensor)
        return size_with_mend(request).mend or "use a smaller format, larger GPUs, or another region"
    if found.capacity is not None and not found.capacity.requests_per_second:
        return f"loosen target.{found.capacity.limited_by}, or use faster GPUs"
    return "raise scaling.max, or use another GPU, purchase or region"
