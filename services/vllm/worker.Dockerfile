# syntax=docker/dockerfile:1.7
# The model server with the worker of batches beside it, for jobs of AWS Batch. Build from the root of the repository, with both built before:
#   docker build -f services/vllm/worker.Dockerfile --build-arg VLLM_IMAGE=<the image of services/vllm>@sha256:… .
ARG VLLM_IMAGE
ARG NODE_IMAGE=node:22-bookworm-slim

# hadolint ignore=DL3006
FROM ${NODE_IMAGE} AS node

# hadolint ignore=DL3006
FROM ${VLLM_IMAGE}
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY services/batch/dist/worker /opt/plinth/worker
ENV WORKER_COMMAND='["/usr/local/bin/node", "/opt/plinth/worker/index.mjs"]'
