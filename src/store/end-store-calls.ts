import { unlessAborted } from '../unless-aborted.ts';
import type { AttemptStore } from './attempt-store.ts';
import type { TaskStore } from './task-store.ts';
import type { WishStore } from './wish-store.ts';

/**
 * The store for one term: every call that is under way when the term ends rejects at once, with the signal's reason.
 *
 * The statement itself may still reach the database; its epoch is what keeps it from changing anything then. So nothing
 * of an ended term waits for a database that hangs.
 */
export function endStoreCalls(store: TaskStore, ended: AbortSignal): TaskStore {
  const call: Call = (method) => {
    return async (...given) => {
      ended.throwIfAborted();
      return await unlessAborted(method(...given), ended);
    };
  };
  return {
    ...endWishCalls(store, call),
    ...endAttemptCalls(store, call),
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
    recordRetry: call(store.recordRetry),
    recordDetail: call(store.recordDetail),
    recordEnding: call(store.recordEnding),
    recordHeld: call(store.recordHeld),
    recordResumed: call(store.recordResumed),
    listOpen: call(store.listOpen),
    listInherited: call(store.listInherited),
    recordInherited: call(store.recordInherited),
    readIdentities: call(store.readIdentities),
    isCarried: call(store.isCarried),
    readOpen: call(store.readOpen),
  };
}

type Call = <Given extends readonly unknown[], Result>(
  method: (...given: Given) => Promise<Result>,
) => (...given: Given) => Promise<Result>;

function endWishCalls(store: WishStore, call: Call): WishStore {
  return {
    hasWishes: call(store.hasWishes),
    listWishes: call(store.listWishes),
    delay: call(store.delay),
    answerCancel: call(store.answerCancel),
    hold: call(store.hold),
    resume: call(store.resume),
  };
}

function endAttemptCalls(store: AttemptStore, call: Call): AttemptStore {
  return {
    listLogsDue: call(store.listLogsDue),
    storeLog: call(store.storeLog),
    storeOpenLog: call(store.storeOpenLog),
    postponeLog: call(store.postponeLog),
    listCleanUps: call(store.listCleanUps),
    intendCleanUp: call(store.intendCleanUp),
    confirmCleanUp: call(store.confirmCleanUp),
    postponeCleanUp: call(store.postponeCleanUp),
    findHistoryEnd: call(store.findHistoryEnd),
    listHistory: call(store.listHistory),
    deleteHistory: call(store.deleteHistory),
  };
}
