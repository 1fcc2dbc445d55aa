import type { Executor, LogOutcome, PodObserver, PodsOutcome, RefusalOutcome } from '../../src/executors/executor.ts';
import type { PodView } from '../../src/task/pod-view.ts';

/** The pods of a cluster in memory: by uid, and whoever observes them. */
export class MemoryPods {
  readonly pods = new Map<string, PodView>();
  readonly observers = new Map<string, PodObserver>();
  /** Attempts of which the pods were listed, in order; joined by commas where they were listed together. */
  readonly listed: string[] = [];
  /** Names of pods whose log was asked for, in order. */
  readonly logsRead: string[] = [];
  /** Uids of Jobs of which it was asked whether their pods are refused, in order. */
  readonly refusalsAsked: string[] = [];
  onList: (attemptIds: string, signal: AbortSignal) => PodsOutcome | undefined | Promise<PodsOutcome | undefined> =
    () => undefined;
  onLog: (pod: PodView, bytes: number) => LogOutcome | Promise<LogOutcome> = () => ({
    result: 'read',
    text: '',
    isCut: false,
  });
  onRefusal: (uid: string) => RefusalOutcome = () => ({ result: 'none' });

  readonly executor: Pick<Executor, 'observePods' | 'listPods' | 'readLog' | 'findRefusal'> = {
    observePods: async (namespace, observer, signal) => {
      if (signal.aborted) return;
      this.observers.set(namespace, observer);
      observer.listing();
      for (const pod of this.pods.values()) if (pod.namespace === namespace) observer.changed(pod);
      observer.listed();
      const { promise, resolve } = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => resolve(), { once: true });
      await promise;
      if (this.observers.get(namespace) === observer) this.observers.delete(namespace);
    },
    listPods: async (namespace, attemptIds, signal) => {
      signal.throwIfAborted();
      const asked = attemptIds.join(',');
      this.listed.push(asked);
      const pods = [...this.pods.values()].filter(
        (pod) => pod.namespace === namespace && pod.attemptId !== undefined && attemptIds.includes(pod.attemptId),
      );
      return (await this.onList(asked, signal)) ?? { result: 'listed', pods };
    },
    readLog: async (pod, bytes, signal) => {
      signal.throwIfAborted();
      this.logsRead.push(pod.name);
      return await this.onLog(pod, bytes);
    },
    findRefusal: async ({ uid }, signal) => {
      signal.throwIfAborted();
      this.refusalsAsked.push(uid);
      return this.onRefusal(uid);
    },
  };

  /** Creates or changes a pod and tells of it. */
  put(pod: PodView): PodView {
    this.pods.set(pod.uid, pod);
    this.observers.get(pod.namespace)?.changed(pod);
    return pod;
  }

  /** Takes a pod away and tells of it. */
  delete(pod: PodView): void {
    if (this.pods.delete(pod.uid)) this.observers.get(pod.namespace)?.deleted(pod);
  }
}
