"""The engine's process: how it is started, and what it says of itself."""

from __future__ import annotations

import os
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from settings import Settings

#: Names of the same three numbers, by engine (docs.vllm.ai "Metrics"; TGI reference, "Metrics").
METRICS = {
    "vllm": {
        "running": "vllm:num_requests_running",
        "waiting": "vllm:num_requests_waiting",
        "tokens": "vllm:generation_tokens_total",
    },
    "tgi": {
        "running": "tgi_batch_current_size",
        "waiting": "tgi_queue_size",
        "tokens": "tgi_request_generated_tokens_sum",
    },
}

SAMPLE = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{[^}]*\})? ([-+0-9.eE]+)(?: \d+)?$", re.M)


@dataclass(frozen=True)
class Load:
    running: float
    waiting: float
    tokens: float


def command(settings: Settings, folder: Path) -> list[str]:
    """The engine's command line. It never lets a model bring code: there is no setting for it."""
    if settings.engine == "tgi":
        return [
            "text-generation-launcher",
            f"--model-id={folder}",
            "--hostname=0.0.0.0",
            f"--port={settings.serving_port}",
            f"--max-input-tokens={settings.max_input_tokens}",
            f"--max-total-tokens={settings.max_model_len}",
            f"--num-shard={settings.tensor_parallel_size}",
            *settings.flags,
        ]
    return [
        "vllm",
        "serve",
        str(folder),
        "--host=0.0.0.0",
        f"--port={settings.serving_port}",
        f"--served-model-name={settings.served_model_name}",
        f"--max-model-len={settings.max_model_len}",
        f"--tensor-parallel-size={settings.tensor_parallel_size}",
        *settings.flags,
    ]


def surroundings(environment: dict[str, str]) -> dict[str, str]:
    """The engine's environment: ours, kept off the network, with caches where it may write."""
    scratch = environment.get("SCRATCH_PATH", "/scratch")
    return {
        **environment,
        "HOME": scratch,
        "TMPDIR": scratch,
        "XDG_CACHE_HOME": os.path.join(scratch, "cache"),
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "VLLM_NO_USAGE_STATS": "1",
        "DO_NOT_TRACK": "1",
    }


def is_healthy(settings: Settings) -> bool:
    return _get(settings, "/health") is not None


def load(settings: Settings) -> Load | None:
    """How busy the engine is, or None when it does not answer."""
    text = _get(settings, "/metrics")
    if text is None:
        return None
    sums: dict[str, float] = {}
    for name, value in SAMPLE.findall(text):
        sums[name] = sums.get(name, 0.0) + float(value)
    names = METRICS[settings.engine]
    return Load(*(sums.get(names[key], 0.0) for key in ("running", "waiting", "tokens")))


def _get(settings: Settings, path: str) -> str | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{settings.serving_port}{path}", timeout=3) as response:
            return response.read(4_000_000).decode("utf-8", "replace")
    except (urllib.error.URLError, OSError, ValueError):
        return None
