import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection, ResultSetHeader } from 'mysql2/promise';
import { z } from 'zod';
import { flavours } from '../support/database.ts';
import { type Installation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { aNewTask, anInfo, insertTasks, readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const timeout = 120_000;
const rowsARound = 40;
const mostRounds = 10;
/** So many edits of either kind are seen at least. */
const enough = 10;
/** About as long as a row waits for its claim, so that about as many edits come before it as after it. */
const longestDelayMs = 40;
let system: RunningSystem;

before(async () => {
  system = await startSystem();
});

after(async () => {
  await system[Symbol.asyncDispose]();
});

for (const flavour of flavours) {
  describe(`an edit of info at the time of the claim on ${flavour}`, { timeout }, () => {
    it('is what runs exactly when it came before the claim', async () => {
      await using installation = await system.install(flavour);
      const { user, namespace } = installation;
      const editors = await Promise.all(Array.from({ length: 8 }, () => installation.connect()));
      const edited = new Map<string, boolean>();
      const seen = (kind: boolean) => [...edited.values()].filter((wasInTime) => wasInTime === kind).length;

      for (let round = 0; round < mostRounds && (seen(true) < enough || seen(false) < enough); round += 1) {
        await race(installation, editors, round, edited);
      }

      assert.ok(seen(true) >= enough && seen(false) >= enough, `${seen(true)} edits came before, ${seen(false)} after`);
      await until('all rows have Jobs', async () => {
        assert.equal((await readTasks(user, 'job_uid IS NULL')).length, 0);
      });
      const expected = [...edited].map(([name, wasInTime]) => [name, wasInTime ? 'edited' : 'first'] as const);
      assert.deepEqual(await argumentsByJob(namespace), new Map(expected));
    });
  });
}

/** Submits a row with each editor in turn, and has it edited a moment later if nobody has claimed it by then. */
async function race(
  { user, namespace }: Installation,
  editors: readonly Connection[],
  round: number,
  edited: Map<string, boolean>,
): Promise<void> {
  const names = Array.from({ length: rowsARound }, (_, index) => `row-${round}-${index}`);
  const edit = async (editor: Connection, name: string) => {
    await delay(randomInt(longestDelayMs));
    const [{ affectedRows }] = await editor.query<ResultSetHeader>(
      "UPDATE task SET info = ? WHERE name = ? AND status = 'Normal'",
      [anInfo({ life: 'pending', args: ['edited'] }), name],
    );
    edited.set(name, affectedRows === 1);
  };
  await Promise.all(
    editors.map(async (editor, first) => {
      for (let index = first; index < names.length; index += editors.length) {
        const name = names[index] ?? '';
        await insertTasks(user, [aNewTask({ namespace, name, info: anInfo({ life: 'pending', args: ['first'] }) })]);
        await edit(editor, name);
      }
    }),
  );
}

const jobs = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({
        template: z.object({ spec: z.object({ containers: z.tuple([z.object({ args: z.tuple([z.string()]) })]) }) }),
      }),
    }),
  ),
});

async function argumentsByJob(namespace: string): Promise<ReadonlyMap<string, string>> {
  const text = await system.cluster.kubectl(['get', 'jobs', '-n', namespace, '-o', 'json']);
  const { items } = jobs.parse(JSON.parse(text));
  return new Map(items.map(({ metadata, spec }) => [metadata.name, spec.template.spec.containers[0].args[0]]));
}
