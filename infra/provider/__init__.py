"""The Pulumi provider plugin that runs local deployments, and what can be seen of them from outside."""
