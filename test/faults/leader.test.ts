import { describeFaults } from './describe-faults.ts';
import { absentCluster } from './leader/absent-cluster.ts';
import { crashedEnds, crashedWishes, pausedLives } from './leader/crashed-lives.ts';
import { leaderCutOff, partitionedLeader } from './leader/cut-off-leader.ts';
import { crashedLeader, killedLeader, pausedLeader } from './leader/ended-leader.ts';
import { jumpedClock } from './leader/jumped-clock.ts';
import { twoLeaders } from './leader/two-leaders.ts';

describeFaults('the leader', [
  killedLeader,
  pausedLeader,
  crashedLeader,
  crashedWishes,
  crashedEnds,
  pausedLives,
  twoLeaders,
  jumpedClock,
  absentCluster,
  leaderCutOff,
  partitionedLeader,
]);
