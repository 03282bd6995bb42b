"""A bounded load of chat completions, and what its clients saw."""

from llmdeploy.infra.load.generate import LoadRun, generate_load
from llmdeploy.infra.load.record import Outcome, Record
from llmdeploy.infra.load.report import LoadReport, longest_gap, report_load
from llmdeploy.infra.load.shape import LoadShape

__all__ = [
    "LoadReport",
    "LoadRun",
    "LoadShape",
    "Outcome",
    "Record",
    "generate_load",
    "longest_gap",
    "report_load",
]
