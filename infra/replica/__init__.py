"""The embedded replica: llama.cpp's engine behind an OpenAI-compatible front, run as `python -m llmdeploy.infra.replica`.

    __main__ ─ arguments ─ serve ┬─ engine_process ─ engine   the engine, a child process behind a private unix socket
                                 └─ front ┬─ admission        who runs, who waits, who is turned away
                                          ├─ chat_request     the request as the engine wants it
                                          ├─ relay ─ stream   the answer as it comes, measured
                                          └─ measures         /metrics

The engine runs in a process of its own because its constructor holds Python's global lock until the model is loaded,
because a call made inside the process cannot be cancelled while its prompt is read, and so that a crash of the native
code leaves a front that can say so. Measured: the socket adds nothing to the time to the first token that can be told
from noise (bench/replica.py).
"""
