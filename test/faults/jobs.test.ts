import { describeFaults } from './describe-faults.ts';
import { closedNamespace } from './jobs/closed-namespace.ts';
import { jobDeletedByHand, jobHeldByFinalizer } from './jobs/deleted-jobs.ts';
import { foreignJob, twoInstallations } from './jobs/foreign-jobs.ts';
import { exceededQuota, takenRights } from './jobs/refused-namespace.ts';
import { invalidName, invalidSpec } from './jobs/refused-rows.ts';
import { wrongCluster } from './jobs/wrong-cluster.ts';

describeFaults('Jobs and their namespaces', [
  jobDeletedByHand,
  jobHeldByFinalizer,
  closedNamespace,
  exceededQuota,
  takenRights,
  invalidSpec,
  foreignJob,
  invalidName,
  twoInstallations,
  wrongCluster,
]);
