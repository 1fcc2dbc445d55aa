import { compactedHistory, disturbedWatch, silentWatch } from './api-server/ailing-watch.ts';
import { lateCreates, lostAnswers } from './api-server/lost-answers.ts';
import { restartedServer } from './api-server/restarted-server.ts';
import { rotatedCredentials } from './api-server/rotated-credentials.ts';
import { thinLineToApiServer } from './api-server/thin-line-to-api-server.ts';
import { throttlingServer } from './api-server/throttling-server.ts';
import { describeFaults } from './describe-faults.ts';

describeFaults('the API server', [
  restartedServer,
  throttlingServer,
  lostAnswers,
  lateCreates,
  silentWatch,
  compactedHistory,
  disturbedWatch,
  thinLineToApiServer,
  rotatedCredentials,
]);
