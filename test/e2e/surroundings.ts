import { z } from 'zod';

/** All that the end-to-end tests know of where they run. */
export interface Surroundings {
  /** Of an administrator of the cluster. */
  readonly kubeconfig: string;
  /** The image of nightwatch, with a tag, as nodes pull it. */
  readonly image: string;
  /** The image of a later version, in the same repository, whose schema has a step more. */
  readonly nextImage: string;
  /** `mysql://user:password@host:port` of an account that may make databases and accounts; pods reach it too. */
  readonly databaseUrl: string;
  /** `redis://…`, the same. */
  readonly redisUrl: string;
  /** `rediss://…`, a Redis that speaks TLS; what needs it is skipped without it. */
  readonly redisTlsUrl?: string | undefined;
  /** The authority of this Redis, and of the database under the name below, as PEM. */
  readonly certificateAuthority?: string | undefined;
}

/** What the database is called where its certificate counts: the driver verifies no server that is called by an address. */
export const databaseName = 'database';

/** The environment variables that say it; `make e2e` sets those that it is not given. */
export const surroundingsVariables = {
  kubeconfig: 'NIGHTWATCH_E2E_KUBECONFIG',
  image: 'NIGHTWATCH_E2E_IMAGE',
  nextImage: 'NIGHTWATCH_E2E_NEXT_IMAGE',
  databaseUrl: 'NIGHTWATCH_E2E_DATABASE_URL',
  redisUrl: 'NIGHTWATCH_E2E_REDIS_URL',
  redisTlsUrl: 'NIGHTWATCH_E2E_REDIS_TLS_URL',
  certificateAuthority: 'NIGHTWATCH_E2E_CERTIFICATE_AUTHORITY',
} as const satisfies Record<keyof Surroundings, string>;

const required = z.string({ error: 'is not set' }).min(1, { error: 'is empty' });
const environment = z.object({
  NIGHTWATCH_E2E_KUBECONFIG: required,
  NIGHTWATCH_E2E_IMAGE: required,
  NIGHTWATCH_E2E_NEXT_IMAGE: required,
  NIGHTWATCH_E2E_DATABASE_URL: required,
  NIGHTWATCH_E2E_REDIS_URL: required,
  NIGHTWATCH_E2E_REDIS_TLS_URL: z.string().optional(),
  NIGHTWATCH_E2E_CERTIFICATE_AUTHORITY: z.string().optional(),
});

/** Reads them from the environment; throws an error that names every one that is missing. */
export function readSurroundings(): Surroundings {
  const given = environment.parse(process.env);
  return {
    kubeconfig: given.NIGHTWATCH_E2E_KUBECONFIG,
    image: given.NIGHTWATCH_E2E_IMAGE,
    nextImage: given.NIGHTWATCH_E2E_NEXT_IMAGE,
    databaseUrl: given.NIGHTWATCH_E2E_DATABASE_URL,
    redisUrl: given.NIGHTWATCH_E2E_REDIS_URL,
    redisTlsUrl: given.NIGHTWATCH_E2E_REDIS_TLS_URL,
    certificateAuthority: given.NIGHTWATCH_E2E_CERTIFICATE_AUTHORITY,
  };
}

/** Writes them as the environment of a process that reads them. */
export function surroundingsEnvironment(surroundings: Partial<Surroundings>): Readonly<Record<string, string>> {
  const names = Object.keys(surroundingsVariables) as (keyof Surroundings)[];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = surroundings[name];
      return value === undefined ? [] : [[surroundingsVariables[name], value]];
    }),
  );
}
