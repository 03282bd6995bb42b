"""From a file to a checked `ServingSpec`, with a place in the file for all that may be wrong with it."""

from llmdeploy.serving.load.loaded import LoadedSpec
from llmdeploy.serving.load.loader import load_spec, parse_spec

__all__ = ["LoadedSpec", "load_spec", "parse_spec"]
