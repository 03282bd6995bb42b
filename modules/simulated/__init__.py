"""What stands for parts of a cloud on this machine. What the inputs mean stands in infra/provider."""

from llmdeploy.modules.simulated.resources import Addresses, Envoy

__all__ = ["Addresses", "Envoy"]
