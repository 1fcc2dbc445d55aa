# Where there is Node 26 and npm: for what is downloaded and prepared.
ARG BASE=docker.io/library/node:26-slim@sha256:ffc78385a788964bb3cbab5e434ff79a10bdc25b8ae6db03fe5fe6cb14053c09
# Where there is the same Node, for what runs: it needs neither npm nor a shell.
ARG RUNTIME=${BASE}

FROM ${BASE} AS program
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The one optional dependency is a Node for clones: the image has its own.
RUN npm ci --omit=dev --omit=optional \
  && npm sbom --package-lock-only --omit=dev --omit=optional --sbom-format=cyclonedx > sbom.cdx.json \
  && rm package-lock.json .npmrc \
  && mkdir compile-cache && chown 65532:65532 compile-cache
COPY LICENSE ./
COPY migrations migrations
COPY src src
# What Node makes of the sources when it reads them: to find it there halves the work of a start, and saves 20 MB of memory.
# It is kept for each user.
USER 65532:65532
RUN NODE_COMPILE_CACHE=/app/compile-cache node src/start.js --help

FROM ${RUNTIME}
ARG VERSION=
ARG REVISION=
LABEL org.opencontainers.image.title="nightwatch" \
  org.opencontainers.image.description="Turns rows of a MySQL table into Kubernetes Jobs and keeps every row true until its Job has ended" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production
ENV NODE_COMPILE_CACHE=/app/compile-cache
# One heap of the C library for all threads: each would keep free memory of its own.
ENV MALLOC_ARENA_MAX=1
WORKDIR /app
COPY --from=program /app /app
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["node", "src/start.js"]
CMD ["run"]
