import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const file = join(import.meta.dirname, '../../../deploy/role.yaml');

/** Each has a test: a right that the Role has and no test needs should not be in it. */
export const verbs = ['create', 'get', 'list', 'watch', 'delete'] as const;
export type Verb = (typeof verbs)[number];

const role = z.strictObject({
  apiVersion: z.string(),
  kind: z.literal('Role'),
  metadata: z.strictObject({ name: z.string() }),
  rules: z.tuple([
    z.strictObject({
      apiGroups: z.tuple([z.literal('batch')]),
      resources: z.tuple([z.literal('jobs')]),
      verbs: z.array(z.enum(verbs)),
    }),
  ]),
});

/** Reads the Role that users deploy; throws when it gives anything but those rights on Jobs. */
export async function readRole(): Promise<z.infer<typeof role>> {
  return role.parse(parse(await readFile(file, 'utf8')));
}

/** The manifest of the same Role without one of its rights. */
export async function roleWithout(verb: Verb): Promise<string> {
  const { rules, ...rest } = await readRole();
  return JSON.stringify({ ...rest, rules: [{ ...rules[0], verbs: rules[0].verbs.filter((each) => each !== verb) }] });
}
