# Builds with docker and with podman, for amd64 and arm64: every library comes as a wheel.
# A release pins the base too: --build-arg PYTHON_IMAGE=python:3.13-slim@sha256:<digest>
ARG PYTHON_IMAGE=python:3.13-slim

# The libraries, apart from the source so that a change of the source leaves their layer alone.
FROM ${PYTHON_IMAGE} AS libraries
ENV PYTHONDONTWRITEBYTECODE=1
WORKDIR /action/src
COPY requirements.txt /
# One command, since every layer in between costs seconds. Of AWS's several hundred services those are called
# whose models stay; sso, sso-oidc and signin belong to boto3's credential chain. The metadata of each library
# stays, with its licence, where scanners look for it.
# The base ships its standard library uncompiled; with what is imported of it compiled here, the first run
# compiles nothing. Unchecked, since the time stamps that Python would compare do not survive every registry.
RUN pip install --quiet --disable-pip-version-check --root-user-action ignore --no-cache-dir --no-compile \
        --require-hashes --only-binary :all: --requirement /requirements.txt --target /action/src && \
    find botocore/data -mindepth 1 -maxdepth 1 -type d \
        ! -name es ! -name opensearch ! -name s3 ! -name sts ! -name sso ! -name sso-oidc ! -name signin \
        -exec rm -r {} + && \
    rm -r bin boto3/data boto3/examples jsonschema/tests jsonschema/benchmarks && \
    python -c "import sys, argparse, boto3.s3.inject, concurrent.futures.thread, difflib, \
                   encodings.idna, encodings.unicode_escape, encodings.utf_8_sig, jinja2, jsonschema, requests, \
                   xml.parsers.expat, yaml; \
               files = (str(getattr(m, '__file__', '')) for m in list(sys.modules.values())); \
               print(*(f for f in files if f.startswith('/usr/local/lib/') and f.endswith('.py')), sep='\n')" \
        >/modules && \
    python -m compileall -q -f --invalidation-mode unchecked-hash -i /modules /usr/local/lib/python3.*/collections && \
    python -m compileall -q -j 0 --invalidation-mode unchecked-hash /action && \
    mkdir /image && mv /action /image && \
    find /usr/local/lib/python3.* -name site-packages -prune -o -name __pycache__ -exec cp -r --parents -t /image {} +

FROM ${PYTHON_IMAGE} AS source
COPY LICENSE entrypoint.py /action/
COPY src/dictionary_deploy /action/src/dictionary_deploy
RUN python -m compileall -q -f --invalidation-mode unchecked-hash /action

# What ships: the base without its pip, and two layers. No USER and no WORKDIR: GitHub's runner mounts
# files that root alone can write, and sets the working directory to the workspace.
FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="Deploy search dictionaries" org.opencontainers.image.licenses="Apache-2.0"
RUN rm -r /usr/local/bin/pip* /usr/local/lib/python3.*/site-packages/pip* /usr/local/lib/python3.*/ensurepip
COPY --from=libraries /image/ /
COPY --from=source /action/ /action/
# Isolated (-I): neither the workspace nor the job's PYTHON* variables can put a module in the way.
ENTRYPOINT ["/usr/local/bin/python", "-I", "-u", "-X", "utf8", "/action/entrypoint.py"]
