"""The domain, pure: spec, rules, catalog, sizing and the frozen Plan. No network, no Pulumi, no printing."""
