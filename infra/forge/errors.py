"""What can go wrong between llmdeploy and a forge.

LlmdeployError (serving)
└── ForgeUnusable       the forge does not do what it is asked for, however often it was asked
    ├── ForgeForbidden  it refuses: the token may not do that
    └── Gone            what was asked for is not there
"""

from __future__ import annotations

from llmdeploy.serving.errors import LlmdeployError


class ForgeUnusable(LlmdeployError):
    """GitHub or GitLab cannot be used, after as many tries as there was patience for."""


class ForgeForbidden(ForgeUnusable):
    """The token may not do what was asked for: trying again does not help."""


class Gone(ForgeUnusable):
    """What was asked for does not exist, or no longer."""
