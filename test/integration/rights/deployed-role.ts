import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const file = join(import.meta.dirname, '../../../deploy/role.yaml');

/** Each has a test: a right that the Role has and no test needs should not be in it. */
export const rights = [
  'create jobs',
  'get jobs',
  'list jobs',
  'watch jobs',
  'delete jobs',
  'patch jobs',
  'list pods',
  'watch pods',
  'get pods/log',
  'list events',
] as const;
export type Right = (typeof rights)[number];

const rule = z.strictObject({
  apiGroups: z.tuple([z.enum(['batch', ''])]),
  resources: z.tuple([z.string()]),
  verbs: z.array(z.string()),
});

const role = z.strictObject({
  apiVersion: z.string(),
  kind: z.literal('Role'),
  metadata: z.strictObject({ name: z.string() }),
  rules: z.array(rule),
});

/** Reads the Role that users deploy; throws when its rules are not each about one kind of objects. */
export async function readRole(): Promise<z.infer<typeof role>> {
  return role.parse(parse(await readFile(file, 'utf8')));
}

/** What rules give, in the words of {@link rights}. */
export function rightsOf(
  rules: readonly { readonly verbs: readonly string[]; readonly resources: readonly string[] }[],
): ReadonlySet<string> {
  return new Set(
    rules.flatMap(({ verbs, resources }) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)),
    ),
  );
}

/** The manifest of the same Role without one of its rights. */
export async function roleWithout(right: Right): Promise<string> {
  const { rules, ...rest } = await readRole();
  const [verb, resource] = right.split(' ');
  const less = rules.map((each) =>
    each.resources[0] === resource ? { ...each, verbs: each.verbs.filter((given) => given !== verb) } : each,
  );
  return JSON.stringify({ ...rest, rules: less.filter(({ verbs }) => verbs.length > 0) });
}
