"""Starts a model server and stays with it: checks the weights, starts the engine, reports its load, and on SIGTERM drains it.

In a job of AWS Batch a worker is started beside the engine, once that serves, and the container ends as the worker does.

Events are JSON lines on stdout. Prompts and answers pass the engine only, and are never seen here.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

import engine
import health
from settings import Settings, SettingsError, read_settings
from weights import Stopped, Weights, WeightsError

#: Of sysexits.h. `EX_CONFIG`: starting again will not help. `EX_TEMPFAIL`: it will, on another machine or later.
BAD_SETTINGS = 78
TRY_AGAIN = 75


def report(event: str, **fields: object) -> None:
    print(json.dumps({"event": event, **fields}), flush=True)


class Supervisor:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.process: subprocess.Popen[bytes] | None = None
        self.worker: subprocess.Popen[bytes] | None = None
        self.stopping = Event()
        self.was_healthy = False

    def run(self) -> int:
        settings = self.settings
        signal.signal(signal.SIGTERM, lambda *_: self.stopping.set())
        signal.signal(signal.SIGINT, lambda *_: self.stopping.set())
        health.serve(settings.health_port, {"/live": self.is_live, "/ready": self.is_ready})
        models = Path(settings.models_path)
        folder = Weights(settings.model_source, settings.model_digest, models, report, self.stopping.is_set).prepare()
        self.process = subprocess.Popen(engine.command(settings, folder), env=engine.surroundings(dict(os.environ)))
        report("engine.started", engine=settings.engine, model=settings.served_model_name)
        if settings.metrics_service:
            Thread(target=self.report_load, daemon=True).start()
        while not self.stopping.wait(0.2):
            code = self.process.poll()
            if code is not None:
                report("engine.ended", code=code)
                return code or 1 if self.worker is None else self.end_worker(self.worker)
            if settings.worker and self.worker is None and engine.is_healthy(settings):
                self.worker = subprocess.Popen(settings.worker)
                report("worker.started")
            if self.worker is not None and self.worker.poll() is not None:
                break
        if self.worker is None:
            self.drain(self.process)
            return TRY_AGAIN if settings.worker else 0
        code = self.end_worker(self.worker)
        self.end_engine(self.process)
        return code

    def is_live(self) -> bool:
        """True while weights load, too: a large model must not be killed on its way."""
        if self.process is None:
            return True
        if self.process.poll() is not None:
            return False
        return not self.was_healthy or self.stopping.is_set() or engine.is_healthy(self.settings)

    def is_ready(self) -> bool:
        if self.stopping.is_set() or self.process is None or self.process.poll() is not None:
            return False
        self.was_healthy = engine.is_healthy(self.settings) or self.was_healthy
        return self.was_healthy and engine.is_healthy(self.settings)

    def end_worker(self, worker: subprocess.Popen[bytes]) -> int:
        """The worker's own word on its task. One that is told to end gives its shards back first; one that does not is ended."""
        if worker.poll() is None:
            worker.terminate()
        try:
            code = worker.wait(self.settings.drain_seconds)
        except subprocess.TimeoutExpired:
            report("worker.killed")
            worker.kill()
            worker.wait()
            code = TRY_AGAIN
        report("worker.ended", code=code)
        # Ended by a signal: what it had committed stays, and the rest is to be done.
        return TRY_AGAIN if code < 0 else code

    def drain(self, process: subprocess.Popen[bytes]) -> None:
        """Unready at once; ended when nothing runs or waits any more, and in any case after the time there is."""
        report("drain.started", seconds=self.settings.drain_seconds)
        began = time.monotonic()
        # Those who route here need a moment to hear of it, and what they send meanwhile is served.
        idle = 0
        while process.poll() is None and time.monotonic() - began < self.settings.drain_seconds:
            load = engine.load(self.settings)
            idle = idle + 1 if load is None or load.running + load.waiting == 0 else 0
            if idle >= 2 and time.monotonic() - began >= self.settings.settle_seconds:
                break
            time.sleep(0.25)
        load = engine.load(self.settings)
        report("drain.ended", unfinished=0 if load is None else int(load.running + load.waiting))
        self.end_engine(process)

    def end_engine(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(self.settings.end_seconds)
        except subprocess.TimeoutExpired:
            report("engine.killed")
            process.kill()
            process.wait()

    def report_load(self) -> None:
        """The engine's load in CloudWatch's embedded metric format: the log group becomes metrics, with no right to write any."""
        last, at = None, time.monotonic()
        while not self.stopping.wait(self.settings.metrics_seconds):
            load, now = engine.load(self.settings), time.monotonic()
            if load is None:
                continue
            rate = 0.0 if last is None else max(0.0, load.tokens - last.tokens) / (now - at)
            last, at = load, now
            print(json.dumps(embedded_metrics(self.settings, load, rate)), flush=True)


def embedded_metrics(settings: Settings, load: engine.Load, tokens_per_second: float) -> dict[str, object]:
    metrics = [
        {"Name": "RequestsRunning", "Unit": "Count"},
        {"Name": "RequestsWaiting", "Unit": "Count"},
        {"Name": "TokensPerSecond", "Unit": "Count/Second"},
    ]
    return {
        "_aws": {
            "Timestamp": int(time.time() * 1000),
            "CloudWatchMetrics": [{"Namespace": "Plinth/Inference", "Dimensions": [["Service"]], "Metrics": metrics}],
        },
        "Service": settings.metrics_service,
        "RequestsRunning": load.running,
        "RequestsWaiting": load.waiting,
        "TokensPerSecond": round(tokens_per_second, 3),
    }


def main() -> int:
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        report("settings.wrong", message=str(error))
        return BAD_SETTINGS
    try:
        return Supervisor(settings).run()
    except Stopped:
        report("weights.stopped")
        return TRY_AGAIN if settings.worker else 0
    except WeightsError as error:
        report("weights.wrong", message=str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main())
