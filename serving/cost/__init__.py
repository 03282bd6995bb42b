"""What a deployment costs: instances, gateways, load balancers, traffic; and managed endpoints beside it."""
