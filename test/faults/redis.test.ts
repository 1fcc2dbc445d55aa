import { describeFaults } from './describe-faults.ts';
import { leaderCutOffFromRedis, leaderPartitionedFromRedis } from './redis/cut-off-from-redis.ts';
import { forgetfulRedis } from './redis/forgetful-redis.ts';
import { lostMajority } from './redis/lost-majority.ts';
import { slowRedis } from './redis/slow-redis.ts';

describeFaults('Redis', [forgetfulRedis, leaderCutOffFromRedis, leaderPartitionedFromRedis, lostMajority, slowRedis]);
