"""HAProxy and nginx as Debian ships them, set up to do as much of the same as they can."""

from __future__ import annotations

import shutil
from pathlib import Path

HAPROXY = """\
global
    nbthread 2
    stats socket {folder}/haproxy.sock
defaults
    mode http
    timeout connect 250ms
    timeout client 1h
    timeout server 1h
    retries 1
    option redispatch
    retry-on conn-failure empty-response 503
frontend entry
    bind 127.0.0.1:{port}
    acl key req.hdr(authorization) -m str "Bearer {key}"
    http-request deny deny_status 401 if !key
    http-request del-header authorization
    default_backend replicas
backend replicas
    balance leastconn
    http-reuse always
    option httpchk GET /health
    server a 127.0.0.1:{backend} check inter 500ms
"""

NGINX = """\
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 2;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream replicas {{
        least_conn;
        server 127.0.0.1:{backend};
        keepalive 32;
    }}
    server {{
        listen 127.0.0.1:{port};
        keepalive_requests 1000000;
        location / {{
            if ($http_authorization != "Bearer {key}") {{ return 401; }}
            proxy_pass http://replicas;
            proxy_http_version 1.1;
            proxy_set_header connection "";
            proxy_set_header authorization "";
            proxy_next_upstream error timeout http_503 non_idempotent;
        }}
    }}
}}
"""


def rival_commands(folder: Path, ports: dict[str, int], backend: int, key: str) -> dict[str, list[str]]:
    """The command line of each rival that this machine has, its configuration written into `folder`."""
    commands = {}
    for name, template, arguments in (
        ("haproxy", HAPROXY, ["-db", "-q", "-f"]),
        ("nginx", NGINX, ["-p", str(folder), "-c"]),
    ):
        binary = shutil.which(name) or shutil.which(f"/usr/sbin/{name}")
        if binary is None:
            continue
        config = folder / f"{name}.conf"
        config.write_text(template.format(folder=folder, port=ports[name], backend=backend, key=key))
        commands[name] = [binary, *arguments, str(config)]
    return commands
