import type { Fault } from '../fault.ts';
import { jumpOfLeader } from './jump-of-leader.ts';
import { jumpsOfRedis } from './jumps-of-redis.ts';

const hourMs = 3_600_000;

export const jumpedClock: Fault = {
  number: 31,
  event: 'clock jumps one hour ahead and back, on the leader, on Redis',
  behaviour: 'early step-down at worst; never a stale write',
  setUp: { replicas: 0, loadEveryMs: 250 },
  async play(round) {
    await jumpOfLeader(round, hourMs);
    await jumpOfLeader(round, -hourMs);
    await jumpsOfRedis(round, hourMs);
  },
};
