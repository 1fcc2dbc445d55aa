import { describeFaults } from './describe-faults.ts';
import { crashedLeader, killedLeader, pausedLeader } from './leader/ended-leader.ts';

describeFaults('the leader', [killedLeader, pausedLeader, crashedLeader]);
