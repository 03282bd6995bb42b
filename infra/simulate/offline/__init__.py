"""What is true of the real clouds and can be known offline: regions, zones, instance types, public images."""
