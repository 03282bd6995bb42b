"""What commands do more where a deployment is in clouds, real or simulated."""
