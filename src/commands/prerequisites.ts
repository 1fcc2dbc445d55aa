import { migrations } from '../../migrations/migrations.ts';
import type { ApiClient } from '../executors/kubernetes/api-client.ts';
import type { HealthResult } from '../http/health-check.ts';
import type { Prerequisite, PrerequisiteResult } from '../readiness.ts';
import type { Database } from '../store/mysql/database.ts';
import { readSchema } from '../store/mysql/read-schema.ts';
import { readServerState } from '../store/mysql/read-server-state.ts';
import { judgeSchema } from '../store/schema-state.ts';
import { compareVersions, programVersion } from '../version.ts';

/** The database answers, has the schema that this program needs, and accepts writes of one writer only. */
export function databasePrerequisite(database: Database, isSingleWriter: boolean): Prerequisite {
  const program = { version: programVersion, schemaVersion: migrations.at(-1)?.version ?? 0 };
  return {
    name: 'database',
    async probe(): Promise<PrerequisiteResult> {
      const schema = judgeSchema(await readSchema(database), program, compareVersions);
      if (schema.state !== 'fits')
        return { ok: false, forbidsLeading: true, detail: `${schema.state}: ${schema.detail}` };
      const server = await readServerState(database);
      if (server.isReadOnly) return { ok: false, forbidsLeading: true, detail: 'the server is read-only' };
      if (server.mayHaveSeveralWriters && !isSingleWriter) {
        return {
          ok: false,
          forbidsLeading: true,
          detail:
            'the server belongs to a cluster with several writers, which do not share locks: have one node written to only, and set NIGHTWATCH_DATABASE_SINGLE_WRITER to true',
        };
      }
      return { ok: true, detail: `schema version ${schema.version}, installation ${schema.installationId}` };
    },
  };
}

/** The API server answers and knows who we are. */
export function apiServerPrerequisite(client: ApiClient): Prerequisite {
  return {
    name: 'kubernetes',
    async probe(signal): Promise<HealthResult> {
      const answer = await client.request({ method: 'GET', path: '/version', signal });
      return answer.status === 200
        ? { ok: true }
        : { ok: false, detail: `the API server answers HTTP ${answer.status}: ${answer.body.slice(0, 200)}` };
    },
  };
}
