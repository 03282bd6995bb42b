"""Drills: a bounded load, a fault, and what a client saw of it."""

from llmdeploy.infra.drill.errors import DrillRefused
from llmdeploy.infra.drill.fault import DrillOptions, DrillProgress, Fault
from llmdeploy.infra.drill.heal import heal_leftovers
from llmdeploy.infra.drill.limits import Limits
from llmdeploy.infra.drill.planned_evacuation import Moves
from llmdeploy.infra.drill.report import DrillReport, PhaseReport
from llmdeploy.infra.drill.run import Scene, run_drill, run_evacuation

__all__ = [
    "DrillOptions",
    "DrillProgress",
    "DrillRefused",
    "DrillReport",
    "Fault",
    "Limits",
    "Moves",
    "PhaseReport",
    "Scene",
    "heal_leftovers",
    "run_drill",
    "run_evacuation",
]
