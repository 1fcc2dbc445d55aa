import type { LeaderStore } from './leader-store.ts';

/** Finds out whether the database elects by this replica's lock. */
export interface LockNameCheck {
  /** Whether it did when it was asked last. */
  readonly wasRight: boolean;
  /** Asks; the first candidate of a database writes its own lock's name down. What is wrong, or undefined. */
  mismatch(): Promise<string | undefined>;
}

export function createLockNameCheck(store: LeaderStore, lockName: string): LockNameCheck {
  let wasRight = false;
  return {
    get wasRight() {
      return wasRight;
    },
    async mismatch() {
      const recorded = await recordedName(store, lockName);
      wasRight = recorded === lockName;
      if (wasRight) return undefined;
      return `this database elects by the lock '${recorded}', this replica is configured with '${lockName}': set NIGHTWATCH_LOCK_NAME to '${recorded}', or change leader.lock_name once no replica runs`;
    },
  };
}

async function recordedName(store: LeaderStore, lockName: string): Promise<string | undefined> {
  const recorded = (await store.read()).lockName;
  if (recorded !== undefined) return recorded;
  await store.recordLockName(lockName);
  return (await store.read()).lockName;
}
