import { describeFaults } from './describe-faults.ts';
import { blockedLoop } from './process-faults/blocked-loop.ts';
import { fullDisk } from './process-faults/full-disk.ts';
import { stoppedProcess } from './process-faults/stopped-process.ts';
import { unhandledRejection } from './process-faults/unhandled-rejection.ts';

describeFaults('the process', [blockedLoop, fullDisk, stoppedProcess, unhandledRejection]);
