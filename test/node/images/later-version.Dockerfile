# A version of nightwatch that is yet to come: its schema has a step more.
ARG NIGHTWATCH
FROM ${NIGHTWATCH}
COPY later-*.ts replaced-modules.ts test/faults/process/
ENV NIGHTWATCH_TEST_VERSION=0.3.0
ENV NODE_OPTIONS="--import=/app/test/faults/process/later-program.ts"
