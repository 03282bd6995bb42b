"""What stands for parts of a cloud on this machine. What the inputs mean stands in infra/provider."""

from llmdeploy.modules.simulated.resources import Addresses, Envoy, Service

__all__ = ["Addresses", "Envoy", "Service"]
