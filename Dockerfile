# Any image with Node 26 and npm will do; only the first stage needs npm.
ARG BASE=docker.io/library/node:26-slim

FROM ${BASE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The one optional dependency is a Node for clones: the image has its own.
RUN npm ci --omit=dev --omit=optional

FROM ${BASE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE ./
COPY migrations migrations
COPY src src
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["node", "src/main.ts"]
CMD ["run"]
