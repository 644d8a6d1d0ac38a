# One file, three images, each a target: bot (the default), worker-cpu, worker-gpu.
#   docker build -t bolti --build-arg COMMIT=$(git rev-parse HEAD) .
#   docker build -t bolti-worker-gpu --target worker-gpu --build-arg COMMIT=$(git rev-parse HEAD) .
#   docker run --read-only --tmpfs /tmp:noexec,nosuid,size=512m --cap-drop ALL \
#     --security-opt no-new-privileges -e BOLTI_TELEGRAM__TOKEN=... -v bolti:/data bolti
# compose.yaml runs them with all of that. The GPU's image needs no CUDA of its own: torch brings it.

# By digest, so that nothing changes unseen. To renew: docker buildx imagetools inspect python:3.11-slim-bookworm
ARG BASE=python:3.11-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b

# The locks first: these layers are made again only when a version changes.
FROM ${BASE} AS locked
WORKDIR /opt/bolti
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements/base.lock requirements/base.lock
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps -r requirements/base.lock

FROM locked AS locked-gpu
COPY requirements/latentsync.lock requirements/torch-cuda.lock requirements/
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps -r requirements/latentsync.lock -r requirements/torch-cuda.lock

FROM locked AS app
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY bot bot
COPY pipeline pipeline
COPY config config
ARG COMMIT=unknown
# Into a folder of its own, which every image lays over its packages.
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation --prefix /opt/app -e . \
    && echo "${COMMIT}" > pipeline/COMMIT \
    && python -m compileall -q bot pipeline

FROM ${BASE} AS runtime
# tini as process 1 reaps what dead children leave behind, and hands signals on. Noto's fonts and fribidi write captions
# in the letters of India: Pillow shapes these with raqm, which its wheel has, and raqm needs fribidi, which it has not.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends tini fonts-noto-core libfribidi0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin bolti \
    && install -d -o bolti -g bolti -m 0700 /data /data/provenance /weights
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PATH=/opt/venv/bin:$PATH \
    HOME=/data \
    BOLTI_DATA_DIR=/data
WORKDIR /opt/bolti
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import http.client as h, sys; c = h.HTTPConnection('127.0.0.1', 8080, timeout=4); \
c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]

FROM runtime AS worker-gpu
# Triton builds its launchers with it, once per machine; without it LatentSync takes the slower operations.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
COPY --from=locked-gpu /opt/venv /opt/venv
COPY --from=app /opt/app /opt/venv
COPY --from=app /opt/bolti /opt/bolti
ARG COMMIT=unknown
LABEL org.opencontainers.image.title=bolti org.opencontainers.image.revision=${COMMIT}
USER 10001
ENTRYPOINT ["tini", "--", "bolti"]
CMD ["worker"]

FROM runtime AS worker-cpu
COPY --from=locked /opt/venv /opt/venv
COPY --from=app /opt/app /opt/venv
COPY --from=app /opt/bolti /opt/bolti
ARG COMMIT=unknown
LABEL org.opencontainers.image.title=bolti org.opencontainers.image.revision=${COMMIT}
USER 10001
ENTRYPOINT ["tini", "--", "bolti"]
CMD ["worker"]

FROM worker-cpu AS bot
ENTRYPOINT ["tini", "--"]
CMD ["bolti-bot"]
