import { z } from 'zod';

/** What the database keeps of an attempt in `task_attempt`, before or after a change. */
export const attemptState = z.object({
  task_id: z.coerce.string(),
  job_uid: z.string().nullable(),
  status: z.string(),
  reason: z.string().nullable(),
  finished_at: z.string().nullable(),
  /** 1 when there is one. */
  log: z.number(),
  log_due_at: z.string().nullable(),
  ending: z.string().nullable(),
  epoch: z.coerce.number(),
});
export type AttemptState = z.infer<typeof attemptState>;

export const attemptChange = z.object({
  /** In one order with the changes of rows and of the leader. */
  seq: z.coerce.number(),
  atMs: z.coerce.number(),
  attemptId: z.string(),
  by: z.enum(['nightwatch', 'user']),
  before: attemptState.optional(),
  after: attemptState.optional(),
});
/** One change of a row of `task_attempt`: without `before` its insertion, without `after` its deletion. */
export type AttemptChange = z.infer<typeof attemptChange>;
