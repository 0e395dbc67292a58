"""Stands in for `vllm serve`: answers /health and /metrics, keeps one request running for FAKE_BUSY_SECONDS, and writes down what happens."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = int(next(arg.split("=", 1)[1] for arg in sys.argv if arg.startswith("--port=")))
BUSY = float(os.environ.get("FAKE_BUSY_SECONDS", "0"))
LOG = os.environ["FAKE_LOG"]
STARTED = time.monotonic()


def note(event: str, **fields: object) -> None:
    with open(LOG, "a", encoding="utf-8") as log:
        log.write(json.dumps({"event": event, "at": time.monotonic() - STARTED, **fields}) + "\n")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # noqa: N802, the name http.server calls
        running = 1.0 if time.monotonic() - STARTED < BUSY else 0.0
        body = (
            "# HELP vllm:num_requests_running Requests\n"
            f'vllm:num_requests_running{{engine="0",model_name="m"}} {running}\n'
            'vllm:num_requests_waiting{engine="0",model_name="m"} 0.0\n'
            'vllm:generation_tokens_total{engine="0",model_name="m"} 512.0\n'
        ).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


def stop(*_args: object) -> None:
    note("terminated")
    if os.environ.get("FAKE_STUBBORN") != "1":
        os._exit(0)


signal.signal(signal.SIGTERM, stop)
note("started", argv=sys.argv[1:], offline=os.environ.get("HF_HUB_OFFLINE"), pid=os.getpid())
ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
