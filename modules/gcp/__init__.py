"""A deployment in Google Cloud: a network and a global front for all, a fleet and gateways in each region."""
