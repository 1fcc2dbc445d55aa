import type { ControlPlaneOptions } from '../support/control-plane.ts';
import type { Flavour } from '../support/database.ts';
import type { Bounds } from './checker/judged-round.ts';
import type { Round } from './round/round.ts';

/** What a round is begun with. */
export interface RoundSetUp {
  /** Replicas of nightwatch that run from the start; 2 unless told. */
  readonly replicas?: number;
  /** 1 unless told. */
  readonly redisServers?: 1 | 3 | 5;
  /** Whether each replica is in a network namespace of its own, at the end of cables that can lose all packets. */
  readonly hasCables?: boolean;
  /** Settings of every replica by their names. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly controlPlane?: ControlPlaneOptions;
  /** Pause between two rows of the steady load, milliseconds; 100 unless told, 0 for no load. */
  readonly loadEveryMs?: number;
  /** Whether the steady load also goes to the first namespace, which faults of a namespace happen to; it does unless told. */
  readonly isNamespaceLoaded?: boolean;
  /** Namespaces that no fault touches, beside the first one: their rows may not be delayed. */
  readonly untouchedNamespaces?: number;
  readonly bounds?: Partial<Bounds>;
}

/** One event of the failure matrix, and what nightwatch does about it. */
export interface Fault {
  /** Its number in the matrix. */
  readonly number: number;
  readonly event: string;
  readonly behaviour: string;
  /** The databases that it has to be shown on; MariaDB alone unless told. */
  readonly flavours?: readonly Flavour[];
  /** Whether every run of the tests has it, and not only `make faults`. */
  readonly isInEveryRun?: boolean;
  readonly setUp?: RoundSetUp;
  /** Why it cannot be played here; undefined where it can. */
  readonly obstacle?: string | undefined;
  /** Makes the event happen under load and waits until its cause is over; the checker judges what follows. */
  play(round: Round): Promise<void>;
}
