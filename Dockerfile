# The grown installation's image: docker-compose.yml starts it as web server, worker and clock.

# Style sheet and scripts
FROM node:22-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY bin/assets bin/assets
COPY static static
RUN bin/assets

# Python libraries, exactly those of the lock
FROM python:3.11-slim AS libraries
WORKDIR /build
RUN python -m venv /opt/libraries
COPY requirements.txt .
RUN /opt/libraries/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt

FROM python:3.11-slim
# What PDF documents are drawn with. Debian's own versions: security updates come with a rebuild.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --create-home --home-dir /data improvement
COPY --from=libraries /opt/libraries /opt/libraries
WORKDIR /srv/school-improvement
COPY . .
COPY --from=assets /build/static/build static/build
ENV PATH=/opt/libraries/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    XDG_CACHE_HOME=/tmp/cache \
    DATA_DIR=/data
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "bin/health"]
CMD ["gunicorn", "--config", "config/gunicorn.py", "--bind", "0.0.0.0:8000", "config.wsgi"]
