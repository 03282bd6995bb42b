"""The embedded replica, `python -m llmdeploy.infra.replica`: llama.cpp behind an OpenAI-compatible front.

    __main__ ─ arguments ─ serve ┬─ engine_process ─ engine  a child process behind a private unix socket
                                 └─ front ┬─ misbehaviour ─ fault  what it does wrong on purpose
                                          ├─ admission       who runs, who waits, who is turned away
                                          ├─ generation_request  the request as the engine wants it
                                          ├─ relay ─ stream  the answer as it comes, measured
                                          └─ measures        /metrics

The engine has a process of its own: its constructor holds Python's global lock until the model is loaded,
a call made inside the process cannot be cancelled while its prompt is read, and when native code crashes
a front is left that can say so. Calls inside the process and over the socket brought the first token equally
soon (8.0 and 7.9 ms, SmolLM2, cached prompt); bench/replica.py prints what the front adds.
"""
