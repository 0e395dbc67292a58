"""`/live` and `/ready`, served beside the engine, and the check that Docker and ECS run: `health.py live`."""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Callable


def serve(port: int, checks: dict[str, Callable[[], bool]]) -> ThreadingHTTPServer:
    """Answers 200 or 503 by what the check of that path says, and 404 elsewhere."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 5

        def do_GET(self) -> None:  # noqa: N802, the name http.server calls
            check = checks.get(self.path)
            self.send_response(404 if check is None else 200 if check() else 503)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Probes come every few seconds, and say nothing."""

    server = ThreadingHTTPServer(("0.0.0.0", port), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return server


def main(kind: str) -> int:
    port = os.environ.get("HEALTH_PORT", "8001")
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{kind}", timeout=4) as response:
            return 0 if response.status == 200 else 1
    except (urllib.error.URLError, OSError):
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "live"))
