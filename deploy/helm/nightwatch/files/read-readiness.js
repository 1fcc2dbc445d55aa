// Prints what every replica says of itself; fails unless all are ready in time. Run by `helm test`, in the image of the
// service, with the address of the Service that names the replicas and the milliseconds that there are.
import { lookup } from 'node:dns/promises';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const [, address, patienceMs] = process.argv;
const pauseMs = 1_000;

const service = new URL(address);
const deadline = performance.now() + Number(patienceMs);
for (;;) {
  const reports = await readAll();
  const isReady = reports.length > 0 && reports.every(({ isReady }) => isReady);
  if (isReady || performance.now() > deadline) {
    for (const { replica, text } of reports) process.stdout.write(`${replica}\n${text}\n`);
    process.exitCode = isReady ? 0 : 1;
    break;
  }
  await sleep(pauseMs);
}

async function readAll() {
  try {
    const addresses = await lookup(service.hostname, { all: true });
    return await Promise.all(addresses.map(read));
  } catch (error) {
    // No name yet: no replica has an address.
    return [{ replica: service.hostname, isReady: false, text: `${error}` }];
  }
}

async function read({ address, family }) {
  const replica = `${family === 6 ? `[${address}]` : address}:${service.port}`;
  try {
    const answer = await fetch(`http://${replica}/readyz?verbose`, { signal: AbortSignal.timeout(5_000) });
    return { replica, isReady: answer.ok, text: await answer.text() };
  } catch (error) {
    return { replica, isReady: false, text: `${error.cause ?? error}\n` };
  }
}
