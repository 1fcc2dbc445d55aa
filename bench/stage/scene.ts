import type { Connection } from 'mysql2/promise';
import type { ApiClient } from '../../test/support/api-client.ts';
import type { JobWatch } from '../measure/job-watch.ts';
import type { RowWatch } from '../measure/row-watch.ts';
import type { Place } from './place.ts';

/** A place with everything that looks at it from outside, on one clock. */
export interface Scene {
  readonly place: Place;
  readonly namespace: string;
  /** Submits rows. */
  readonly user: Connection;
  readonly rows: RowWatch;
  readonly jobs: JobWatch;
  /** Sets the status of Jobs. */
  readonly client: ApiClient;
  /** Aborts when the run takes too long, or is no longer wanted. */
  readonly signal: AbortSignal;
}
