# The bot with the CPU engine: one process, one volume. (Targets for GPU workers come later.)
#   docker build -t bolti .
#   docker run --read-only --tmpfs /tmp:noexec,nosuid,size=512m --cap-drop ALL \
#     --security-opt no-new-privileges -e BOLTI_TELEGRAM__TOKEN=... -v bolti:/data bolti
FROM python:3.11-slim-bookworm AS build
WORKDIR /opt/bolti
RUN python -m venv /opt/venv
# The locks first: this layer is made again only when a version changes.
COPY requirements/base.lock requirements/base.lock
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps -r requirements/base.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY bot bot
COPY pipeline pipeline
COPY config config
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation -e . \
    && /opt/venv/bin/python -m compileall -q bot pipeline \
    && /opt/venv/bin/bolti --version

FROM python:3.11-slim-bookworm AS bot
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PATH=/opt/venv/bin:$PATH \
    BOLTI_DATA_DIR=/data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/bolti /opt/bolti
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin bolti \
    && install -d -o bolti -g bolti -m 0700 /data
USER 10001
WORKDIR /opt/bolti
VOLUME /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["bolti-bot"]
