"""A live simulation: what a simulated cloud would run, run on this machine. Replicas are local servers, load
balancers and accelerators are Envoys; everything listens on the loopback.
"""
