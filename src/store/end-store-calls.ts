import type { TaskStore } from './task-store.ts';

/**
 * The store for one term: every call that is under way when the term ends rejects at once, with the signal's reason.
 *
 * The statement itself may still reach the database; its epoch is what keeps it from changing anything then. So nothing
 * of an ended term waits for a database that hangs.
 */
export function endStoreCalls(store: TaskStore, ended: AbortSignal): TaskStore {
  const call = <Given extends readonly unknown[], Result>(method: (...given: Given) => Promise<Result>) => {
    return (...given: Given): Promise<Result> => untilEnded(() => method(...given), ended);
  };
  return {
    listNormal: call(store.listNormal),
    listDue: call(store.listDue),
    claimNormal: call(store.claimNormal),
    claimDue: call(store.claimDue),
    recordCreated: call(store.recordCreated),
    recordRenamed: call(store.recordRenamed),
    recordReleased: call(store.recordReleased),
    recordWaiting: call(store.recordWaiting),
    recordProgress: call(store.recordProgress),
    recordEnd: call(store.recordEnd),
    listOpen: call(store.listOpen),
    listInherited: call(store.listInherited),
    recordInherited: call(store.recordInherited),
    readIdentities: call(store.readIdentities),
    isCarried: call(store.isCarried),
    readOpen: call(store.readOpen),
  };
}

async function untilEnded<Result>(begin: () => Promise<Result>, ended: AbortSignal): Promise<Result> {
  ended.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const end = () => reject(ended.reason);
  ended.addEventListener('abort', end);
  try {
    return await Promise.race([begin(), promise]);
  } finally {
    ended.removeEventListener('abort', end);
  }
}
