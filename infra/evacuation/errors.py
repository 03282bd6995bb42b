"""What can keep a region from being evacuated.

LlmdeployError
└── EvacuationRefused    nothing would be left to answer, or something else would be changed too
"""

from __future__ import annotations

from llmdeploy.serving.errors import LlmdeployError


class EvacuationRefused(LlmdeployError):
    """Nothing was changed."""
