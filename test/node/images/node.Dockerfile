# Stands for node:26-slim: Debian with Node and npm, and without what nobody reads in a container.
FROM scratch
COPY debian /
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
CMD ["node"]
