import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Secret } from '../../src/config/secret.ts';
import { createLogger, type LogFormat, type Logger, type LogLevel } from '../../src/log.ts';

const planted = 'hunter2-planted';

/** A logger into a file of its own, and a way to read what is in the file now. */
function aLog(
  context: TestContext,
  { level = 'info', format = 'json' }: { level?: LogLevel; format?: LogFormat } = {},
) {
  const directory = mkdtempSync(join(tmpdir(), 'nightwatch-log-'));
  const path = join(directory, 'log');
  const fd = openSync(path, 'w');
  context.after(() => {
    closeSync(fd);
    rmSync(directory, { recursive: true });
  });
  return { log: createLogger({ level, format, fd }), text: () => readFileSync(path, 'utf8') };
}

function recordsIn(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** An error as a client of the API server throws it: its message is the whole response. */
function anApiException(body: unknown): Error {
  const message = `HTTP-Code: 403\nBody: ${JSON.stringify(body)}\nHeaders: {"authorization":"${planted}"}`;
  return Object.assign(new Error(message), { code: 403, body, headers: { authorization: planted } });
}

describe('createLogger', () => {
  it('has written the line when the call returns', (context) => {
    const { log, text } = aLog(context);
    log.info({ task: '7', status: 'Running' }, 'task status changed');
    const [record] = recordsIn(text());
    assert.partialDeepStrictEqual(record, { level: 'info', task: '7', status: 'Running', msg: 'task status changed' });
    assert.match(String(record?.time), /^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('has written the line when the call returns in the pretty format too', (context) => {
    const { log, text } = aLog(context, { format: 'pretty' });
    log.warn({ task: '7' }, 'task is late');
    assert.match(text(), /WARN.*task is late[\s\S]*task: "7"/);
  });

  it('writes JSON where there is no terminal unless told otherwise', (context) => {
    const { log, text } = aLog(context, { format: 'auto' });
    log.info('up');
    assert.equal(recordsIn(text()).length, 1);
  });

  it('leaves out what is below its level', (context) => {
    const { log, text } = aLog(context, { level: 'warn' });
    log.info('unwanted');
    log.warn('wanted');
    assert.deepEqual(
      recordsIn(text()).map((record) => record.msg),
      ['wanted'],
    );
  });

  for (const [what, write] of [
    ['a Secret', (log) => log.info({ database: { login: new Secret(planted) } }, 'x')],
    ['a field named password', (log) => log.info({ password: planted, options: { password: planted } }, 'x')],
    ['headers', (log) => log.info({ request: { headers: { authorization: planted } } }, 'x')],
    [
      'a URL in a message',
      (log) => log.error({ err: new Error(`connect mysql://user:${planted}@db:3306/x failed`) }, 'x'),
    ],
    [
      'a URL in a cause',
      (log) => log.error({ err: new Error('no', { cause: new Error(`redis://:${planted}@r`) }) }, 'x'),
    ],
    [
      'a bearer token in a message',
      (log) => log.error({ err: new Error(`sent Authorization: Bearer ${planted}`) }, 'x'),
    ],
    ['a password in a message', (log) => log.error({ err: new Error(`login with password=${planted} refused`) }, 'x')],
    [
      'the command of a driver',
      (log) => log.error({ err: Object.assign(new Error('WRONGPASS'), { command: { args: [planted] } }) }, 'x'),
    ],
    [
      'the statement of a driver',
      (log) => log.error({ err: Object.assign(new Error('syntax'), { sql: `SET x='${planted}'` }) }, 'x'),
    ],
    ['the response of the API server', (log) => log.error({ err: anApiException({ secret: planted }) }, 'x')],
    ['an error given by itself', (log) => log.error(new Error(`redis://:${planted}@r`))],
    ['an error without a message beside it', (log) => log.error({ err: new Error(`redis://:${planted}@r`) })],
    ['an error under the name error', (log) => log.error({ error: new Error(`redis://:${planted}@r`) })],
    ['the message above a stack', (log) => log.error({ err: new TypeError(`redis://:${planted}@r`) }, 'x')],
    ['something thrown that is no error', (log) => log.error({ err: { message: `redis://:${planted}@r` } }, 'x')],
  ] as readonly (readonly [string, (log: Logger) => void])[]) {
    for (const format of ['json', 'pretty'] as const) {
      it(`does not print a secret in ${what} (${format})`, (context) => {
        const { log, text } = aLog(context, { level: 'trace', format });
        write(log);
        assert.notEqual(text(), '');
        assert.doesNotMatch(text(), new RegExp(planted));
      });
    }
  }

  it('goes on when nothing can be written any more', () => {
    const fd = openSync('/dev/full', 'w');
    const log = createLogger({ level: 'info', format: 'json', fd });
    for (let line = 0; line < 1_000; line++) log.info({ line }, 'into the void');
    closeSync(fd);
    log.info('onto a closed file');
  });

  describe('whose reader is behind', { concurrency: true }, () => {
    it('does not wait long for one that has stopped', { timeout: 30_000 }, async () => {
      // A pipe of which nobody reads takes 64 KiB; standard output of this child does not block.
      const child = spawn(process.execPath, ['--input-type=module', '--eval', stoppedReader], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.pause();
      let result = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        result += text;
      });
      await once(child.stderr, 'end');
      child.kill();
      assert.match(result, /^finished \d+$/);
      assert.ok(Number(result.split(' ')[1]) < 2_000, result);
    });

    it('tells how many lines were dropped, and keeps the others whole', { timeout: 30_000 }, async () => {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', slowReader], {
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      await once(child.stderr, 'data');
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        // Asked for again and again, for it is dropped too while there is still no room.
        if (text.includes('"msg":"after"')) child.stdin.end();
        else child.stdin.write('say it');
      });
      await once(child.stdout, 'end');
      const lines = text.split('\n').filter((line) => line !== '');
      const notice = lines.map(asRecord).find((record) => record?.msg === 'log lines were dropped');
      assert.ok(Number(notice?.lines) > 0);
      assert.partialDeepStrictEqual(asRecord(lines.at(-1) ?? ''), { msg: 'after' });
      // Only the line on which the reader fell behind may be cut off.
      assert.ok(lines.filter((line) => asRecord(line) === undefined).length <= 1);
    });
  });
});

function asRecord(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const unblockedLog = `
  import { createLogger } from '${new URL('../../src/log.ts', import.meta.url).href}';
  import { writeSync } from 'node:fs';
  process.stdout._handle?.setBlocking(false);
  const log = createLogger({ level: 'info', format: 'json', fd: 1 });
  const startMs = Date.now();
  for (let line = 0; line < 10_000; line++) log.info({ line }, 'a line that nobody reads');
`;
const stoppedReader = `${unblockedLog}; writeSync(2, 'finished ' + (Date.now() - startMs)); process.kill(process.pid, 'SIGKILL');`;
const slowReader = `${unblockedLog}; writeSync(2, 'filled'); process.stdin.on('data', () => log.info('after'));`;
