"""The instances of Auto Scaling groups, instance groups and services, and what they lack."""
