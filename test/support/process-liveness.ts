import { readFile } from 'node:fs/promises';

/** Whether a process still runs; one that is dead but not yet reaped by its parent does not. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
  return !(await isZombie(pid));
}

async function isZombie(pid: number): Promise<boolean> {
  try {
    return /^State:\s+[ZX]/m.test(await readFile(`/proc/${pid}/status`, 'utf8'));
  } catch {
    // Gone in the meantime, or a system without /proc: the signal's answer stands.
    return false;
  }
}
