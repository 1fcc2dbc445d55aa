import { describeFaults } from './describe-faults.ts';
import { leaderCutOffFromRedis } from './redis/cut-off-from-redis.ts';
import { forgetfulRedis } from './redis/forgetful-redis.ts';
import { lostMajority } from './redis/lost-majority.ts';
import { slowRedis } from './redis/slow-redis.ts';

describeFaults('Redis', [forgetfulRedis, leaderCutOffFromRedis, lostMajority, slowRedis]);
