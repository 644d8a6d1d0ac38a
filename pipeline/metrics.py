"""Every counter, gauge and histogram, by name; each is observed by a line where it happens.

What a process counted since it started, for Prometheus (``pipeline/probes.py`` shows it). Renders
run in child processes; what is counted is counted by their parent. A label takes its values from
a closed set: an engine, a stage, a provider, the code of an error. Never a user, a chat, a job, a
name or a word: ``tests/e2e/test_chat_quiet_logs.py`` looks at every one.

Where the next one goes: a line here, and the place that observes it.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)  # memory, CPU seconds, open files of this process

SECONDS = (0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600)

BUILD = Info("bolti_build", "Which version runs, built from which commit.", registry=REGISTRY)
LOOP_LAG_S = Gauge(
    "bolti_loop_lag_seconds", "How late the event loop woke up last.", registry=REGISTRY
)
DISK_FREE_BYTES = Gauge(
    "bolti_disk_free_bytes", "Free space where the data lies.", registry=REGISTRY
)

# ---------------------------------------------------------------- orders (the process of the bot)
JOBS_ACCEPTED = Counter(
    "bolti_jobs_accepted", "Orders taken, by what is to be spoken.", ["script"], registry=REGISTRY
)
JOBS_ENDED = Counter(
    "bolti_jobs_ended", "Orders that are over, by how they ended.", ["state"], registry=REGISTRY
)
JOBS_OPEN = Gauge(
    "bolti_jobs_open",
    "Unfinished orders, by state: waiting or running.",
    ["state"],
    registry=REGISTRY,
)
JOBS_OLDEST_WAIT_S = Gauge(
    "bolti_jobs_oldest_wait_seconds", "How long the oldest order has waited.", registry=REGISTRY
)
REFUSALS = Counter(
    "bolti_refusals", "Messages answered with a refusal, by its code.", ["code"], registry=REGISTRY
)
REPORTS_OPEN = Gauge(
    "bolti_reports_open", "Complaints that wait for a decision.", registry=REGISTRY
)
TELEGRAM_ERRORS = Counter(
    "bolti_telegram_errors",
    "Requests that Telegram refused, by kind.",
    ["kind"],
    registry=REGISTRY,
)

# ---------------------------------------------------------------- renders (who renders)
RENDERS = Counter(
    "bolti_renders",
    "Tries of renders, of videos and previews, by code: ok, or of the error.",
    ["making", "code"],
    registry=REGISTRY,
)
RENDERS_RUNNING = Gauge("bolti_renders_running", "Renders under way here.", registry=REGISTRY)
QUEUE_WAIT_S = Histogram(
    "bolti_queue_wait_seconds", "From the order to its render.", buckets=SECONDS, registry=REGISTRY
)
PREVIEW_S = Histogram(
    "bolti_preview_seconds",
    "From the order to its preview.",
    buckets=SECONDS,
    registry=REGISTRY,
)
STAGE_S = Histogram(
    "bolti_stage_seconds",
    "How long each stage of a try took.",
    ["stage"],
    buckets=SECONDS,
    registry=REGISTRY,
)
VIDEO_S = Counter("bolti_video_seconds", "Length of the videos.", ["engine"], registry=REGISTRY)
RENDER_S = Counter("bolti_render_seconds", "What making them took.", ["engine"], registry=REGISTRY)
OUT_OF_MEMORY = Counter(
    "bolti_out_of_memory",
    "Videos for which the memory of the cards did not do.",
    registry=REGISTRY,
)
DEGRADE_LEVEL = Gauge(
    "bolti_degrade_level",
    "What the GPU engine's last video gave up for that: 0 nothing, 1 made in smaller parts,"
    " 2 by a smaller network, 3 not at all.",
    registry=REGISTRY,
)
SPEECH_REQUESTS = Counter(
    "bolti_speech_requests",
    "Sentences asked of a provider: ok, or unavailable.",
    ["provider", "result"],
    registry=REGISTRY,
)
GPU_MEMORY_BYTES = Gauge(
    "bolti_gpu_memory_bytes", "Memory of a card: used, total.", ["gpu", "kind"], registry=REGISTRY
)
GPU_LOAD_PCT = Gauge("bolti_gpu_load_percent", "How busy a card is.", ["gpu"], registry=REGISTRY)
GPU_TEMPERATURE_C = Gauge(
    "bolti_gpu_temperature_celsius", "How hot a card is.", ["gpu"], registry=REGISTRY
)
