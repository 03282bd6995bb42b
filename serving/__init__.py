"""The domain, pure: the spec, its rules, the catalog, sizing and the frozen Plan. No network, no Pulumi, no printing."""
