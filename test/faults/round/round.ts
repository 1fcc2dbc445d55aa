import type { Flavour } from '../../support/database.ts';
import type { NightwatchOptions } from '../../support/nightwatch-process.ts';
import type { RedisServer } from '../../support/redis.ts';
import { untilLeading } from '../../support/replicas.ts';
import type { Installation, RunningSystem } from '../../support/running-system.ts';
import type { SeededRandom } from '../../support/seeded-random.ts';
import { aNewTask, type NewTask } from '../../support/task-rows.ts';
import type { Expectation } from '../checker/expectation.ts';
import type { RoundSetUp } from '../fault.ts';
import type { Load } from './load.ts';
import { type RoundReplica, startRoundReplica } from './round-replica.ts';

export interface RoundParts {
  readonly flavour: Flavour;
  readonly random: SeededRandom;
  readonly system: RunningSystem;
  readonly installation: Installation;
  readonly redis: readonly RedisServer[];
  readonly load: Load;
  readonly setUp: RoundSetUp;
}

export interface ReplicaOptions extends Pick<NightwatchOptions, 'nodeArguments' | 'logFile'> {
  readonly settings?: Readonly<Record<string, string>>;
  /** Those of the round unless told. */
  readonly redis?: readonly RedisServer[];
}

// Shorter than what users get, so that a round need not wait for it: a resync, and the taking up of a lost create.
const quickSettings = { NIGHTWATCH_WATCHERS: 'resync=@every 2s', NIGHTWATCH_CREATE_LEASE: '2s' };

/** One run of nightwatch on servers of its own, under load: what a fault happens to. */
export class Round implements AsyncDisposable {
  readonly flavour: Flavour;
  readonly random: SeededRandom;
  readonly system: RunningSystem;
  readonly installation: Installation;
  readonly redis: readonly RedisServer[];
  readonly load: Load;
  /** Jobs that the fault explains, by uid. */
  readonly explained = new Set<string>();
  readonly #settings: Readonly<Record<string, string>>;
  readonly #hasCables: boolean;
  readonly #replicas: RoundReplica[] = [];
  readonly #owned = new AsyncDisposableStack();
  readonly #ownedByFault = this.#owned.use(new AsyncDisposableStack());
  readonly #notes: string[] = [];

  constructor({ flavour, random, system, installation, redis, load, setUp }: RoundParts) {
    this.flavour = flavour;
    this.random = random;
    this.system = system;
    this.installation = installation;
    this.redis = redis;
    this.load = load;
    this.#settings = { ...quickSettings, ...setUp.settings };
    this.#hasCables = setUp.hasCables ?? false;
  }

  /** All that were started, also those that have ended. */
  get replicas(): readonly RoundReplica[] {
    return this.#replicas;
  }

  /** The namespace that faults of a namespace happen to. */
  get namespace(): string {
    return this.installation.namespace;
  }

  /** What the fault has to say about how it went. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  note(text: string): void {
    this.#notes.push(text);
  }

  /** Takes what a fault has started over: it lasts until the round is over, longer than the replicas. */
  own<Resource extends AsyncDisposable>(resource: Resource): Resource {
    return this.#ownedByFault.use(resource);
  }

  async startReplica({ settings, redis = this.redis, ...program }: ReplicaOptions = {}): Promise<RoundReplica> {
    const { system, installation } = this;
    const name = `replica-${this.#replicas.length + 1}`;
    const given = { settings: { ...this.#settings, ...settings }, program, hasCables: this.#hasCables };
    const options = { system, installation, redis, name, ...given };
    const replica = await startRoundReplica(options, this.#owned);
    this.#replicas.push(replica);
    return replica;
  }

  /** Submits rows `<prefix>-1` and so on at once; they succeed unless `task` and `end` say otherwise. */
  async submitBatch(
    prefix: string,
    count: number,
    task: Partial<NewTask> = {},
    end: Omit<Expectation, 'namespace' | 'name'> = { status: 'Succeeded' },
  ): Promise<void> {
    const { namespace } = this;
    const names = Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
    await this.load.submit(
      names.map((name) => aNewTask({ namespace, ...task, name })),
      end,
    );
  }

  /** Waits until a replica says that it leads, with an epoch above one unless told. */
  untilLeading(options: { readonly above?: number; readonly timeoutMs?: number } = {}): Promise<Leading> {
    return untilLeading(this.#replicas, options);
  }

  /** Stops all replicas in an orderly way, so that the history is whole. */
  async stopReplicas(): Promise<void> {
    await Promise.all(this.#replicas.map((replica) => replica.process.stop()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#owned.disposeAsync();
  }
}

export interface Leading {
  readonly leader: RoundReplica;
  readonly epoch: number;
  readonly others: readonly RoundReplica[];
}
