import { describeFaults } from './describe-faults.ts';
import { deletedRows } from './rows/deleted-rows.ts';
import { editedRows } from './rows/edited-rows.ts';
import { flood } from './rows/flood.ts';
import { inheritedRows } from './rows/inherited-rows.ts';
import { poisonRows } from './rows/poison-rows.ts';
import { reinsertedRows } from './rows/reinserted-rows.ts';
import { rollingUpdate } from './rows/rolling-update.ts';

describeFaults('rows', [editedRows, deletedRows, reinsertedRows, poisonRows, flood, rollingUpdate, inheritedRows]);
