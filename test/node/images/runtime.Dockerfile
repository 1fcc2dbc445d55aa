# Node and what it is linked with, and nothing else: no shell, no npm, no package manager.
ARG NODE
FROM ${NODE} AS node
RUN mkdir /runtime && cp --parents /etc/passwd $(ldd /usr/local/bin/node | grep -o '/[^ ]*') /usr/local/bin/node /runtime

FROM scratch
COPY --from=node /runtime /
CMD ["node"]
