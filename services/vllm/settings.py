"""The environment of the container, read once and checked. Nothing else reads it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Mapping

FORBIDDEN = re.compile(r"^--trust[-_]remote[-_]code\b")
OURS = re.compile(
    r"^--(max[-_]model[-_]len|max[-_](input|total)[-_](tokens|length)|host|hostname|port|api[-_]key|model([-_]id)?|served[-_]model[-_]name)\b"
)


class SettingsError(Exception):
    """What to set, in words."""


@dataclass(frozen=True)
class Settings:
    engine: str
    model_source: str
    model_digest: str
    served_model_name: str
    max_model_len: int
    max_input_tokens: int | None
    tensor_parallel_size: int
    flags: tuple[str, ...]
    drain_seconds: float
    settle_seconds: float
    end_seconds: float
    models_path: str
    serving_port: int
    health_port: int
    metrics_service: str | None
    metrics_seconds: float
    worker: tuple[str, ...]


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Raises SettingsError for a variable that is missing or makes no sense."""
    engine = environment.get("ENGINE", "vllm")
    if engine not in ("vllm", "tgi"):
        raise SettingsError(f'ENGINE is "{engine}". Set it to vllm or tgi.')
    digest = _required(environment, "MODEL_DIGEST", "the SHA-256 of the model's SHA256SUMS file")
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise SettingsError("MODEL_DIGEST must be 64 hexadecimal digits in lower case.")
    source = _required(environment, "MODEL_SOURCE", "s3://bucket/prefix, or an absolute path")
    if not re.fullmatch(r"s3://[a-z0-9.-]{3,63}/\S+|/\S+", source):
        raise SettingsError(f'MODEL_SOURCE is "{source}". Set it to s3://bucket/prefix, or to an absolute path.')
    return Settings(
        engine=engine,
        model_source=source.rstrip("/"),
        model_digest=digest,
        served_model_name=_required(environment, "SERVED_MODEL_NAME", "the name callers use"),
        max_model_len=_whole(environment, "MAX_MODEL_LEN", None, "tokens of prompt and answer together"),
        max_input_tokens=_whole(environment, "MAX_INPUT_TOKENS", None, "tokens of a prompt") if engine == "tgi" else None,
        tensor_parallel_size=_whole(environment, "TENSOR_PARALLEL_SIZE", 1),
        flags=_flags(environment.get("ENGINE_FLAGS", "[]")),
        worker=_texts(environment.get("WORKER_COMMAND", "[]"), 'WORKER_COMMAND must be a JSON list of strings, as in ["node", "worker.mjs"].'),
        drain_seconds=_seconds(environment, "DRAIN_TIMEOUT_SECONDS", 110),
        settle_seconds=_seconds(environment, "DRAIN_SETTLE_SECONDS", 5),
        end_seconds=_seconds(environment, "END_TIMEOUT_SECONDS", 8),
        models_path=environment.get("MODELS_PATH", "/models"),
        serving_port=_whole(environment, "SERVING_PORT", 8000),
        health_port=_whole(environment, "HEALTH_PORT", 8001),
        metrics_service=environment.get("METRICS_SERVICE") or None,
        metrics_seconds=_seconds(environment, "METRICS_SECONDS", 30),
    )


def _required(environment: Mapping[str, str], name: str, meaning: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise SettingsError(f"Set {name}: {meaning}.")
    return value


def _whole(environment: Mapping[str, str], name: str, default: int | None, meaning: str = "a whole number") -> int:
    text = environment.get(name, "").strip()
    if not text:
        if default is None:
            raise SettingsError(f"Set {name}: {meaning}.")
        return default
    if not re.fullmatch(r"[1-9][0-9]{0,8}", text):
        raise SettingsError(f'{name} is "{text}". Set it to a whole number above zero.')
    return int(text)


def _seconds(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name, "").strip()
    if not text:
        return default
    if not re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,3})?", text):
        raise SettingsError(f'{name} is "{text}". Set it to seconds.')
    return float(text)


def _texts(text: str, wrong: str) -> tuple[str, ...]:
    try:
        texts = json.loads(text)
    except ValueError:
        texts = None
    if not isinstance(texts, list) or not all(isinstance(each, str) for each in texts):
        raise SettingsError(wrong)
    return tuple(texts)


def _flags(text: str) -> tuple[str, ...]:
    flags = _texts(text, 'ENGINE_FLAGS must be a JSON list of strings, as in ["--enable-prefix-caching"].')
    for flag in flags:
        if FORBIDDEN.match(flag):
            raise SettingsError(f"{flag} would run code that comes with the weights. Leave it out.")
        if OURS.match(flag):
            raise SettingsError(f"Leave {flag} out of ENGINE_FLAGS: it is set from a variable of its own.")
    return flags
