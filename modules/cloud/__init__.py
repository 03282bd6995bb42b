"""What deployments in any cloud share."""

from llmdeploy.modules.cloud.certificate import Certificate

__all__ = ["Certificate"]
