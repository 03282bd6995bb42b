"""The gateway's configuration: the same Envoy files in front of local replicas and in every cloud region."""

from llmdeploy.serving.gateway.command import envoy_command
from llmdeploy.serving.gateway.files import envoy_files
from llmdeploy.serving.gateway.topology import Backend, Entry
from llmdeploy.serving.gateway.versions import PIN_HEADER, Beside, GatewayRegion

__all__ = ["PIN_HEADER", "Backend", "Beside", "Entry", "GatewayRegion", "envoy_command", "envoy_files"]
