# Builds with docker and with podman, for amd64 and arm64: every library comes as a wheel.
# A release pins the base too: --build-arg PYTHON_IMAGE=python:3.13-slim@sha256:<digest>
ARG PYTHON_IMAGE=python:3.13-slim

# Libraries and the base's files, apart from the source: a change of the source does not rebuild them.
FROM ${PYTHON_IMAGE} AS libraries
ENV PYTHONDONTWRITEBYTECODE=1
COPY requirements.txt /
RUN pip install --quiet --disable-pip-version-check --root-user-action ignore --no-cache-dir --no-compile \
        --require-hashes --only-binary :all: --requirement /requirements.txt --target /image/action/src
COPY src/release/image.py /
# src/release/image.py lists what ships and what does not. The metadata and licence of each library that ships stay.
# Bytecode is unchecked: the timestamps that Python would compare do not survive every registry.
RUN python /image.py prune /image/action/src && \
    python /image.py collect /image && \
    python -m compileall -q -j 0 --invalidation-mode unchecked-hash -s /image -p / /image

FROM libraries AS source
COPY LICENSE entrypoint.py /source/
COPY src/dictionary_deploy /source/src/dictionary_deploy
RUN PYTHONPATH=/source/src:/image/action/src \
        python -c "from dictionary_deploy.report.render import *; compile_templates(COMPILED_TEMPLATES)" && \
    python -m compileall -q --invalidation-mode unchecked-hash -s /source -p /action /source

# The image has no shell and no package manager. No USER and no WORKDIR: GitHub's runner mounts files that only
# root can write, and sets the working directory to the workspace.
FROM scratch
LABEL org.opencontainers.image.title="Deploy search dictionaries" org.opencontainers.image.licenses="Apache-2.0"
COPY --from=libraries /image/ /
COPY --from=source /source/ /action/
# Isolated (-I): neither the workspace nor the job's PYTHON* variables can put a module in the way.
ENTRYPOINT ["/usr/local/bin/python", "-I", "-u", "-X", "utf8", "/action/entrypoint.py"]
