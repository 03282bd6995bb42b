"""The clouds' REST interfaces that our own provider plugin asks, simulated on this machine.

`server.py` takes the requests, a file a service answers them (`vertex.py`), `place.py` is the table of them.
What they hold lies in the same store as all other simulated resources, so that `llmdeploy simulate show`,
drift, faults and the live simulation see it.
"""
