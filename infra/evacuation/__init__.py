"""Evacuations: a region's requests go elsewhere, and nothing of them is left under way."""

from llmdeploy.infra.evacuation.change import refuse_other_changes
from llmdeploy.infra.evacuation.drain import Drain, wait_until_drained, wait_until_well
from llmdeploy.infra.evacuation.errors import EvacuationRefused
from llmdeploy.infra.evacuation.in_flight import in_flight_of
from llmdeploy.infra.evacuation.request import Evacuation, ask_for
from llmdeploy.infra.evacuation.well import Well, well_here, well_in_clouds

__all__ = [
    "Drain",
    "Evacuation",
    "EvacuationRefused",
    "Well",
    "ask_for",
    "in_flight_of",
    "refuse_other_changes",
    "wait_until_drained",
    "wait_until_well",
    "well_here",
    "well_in_clouds",
]
