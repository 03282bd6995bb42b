"""The gateway's Envoy configuration, generated from the Plan: the same for the local target and every cloud."""
