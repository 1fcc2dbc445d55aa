import { archiveAttempts as archiveReal } from '../../../src/store/mysql/archive-attempts.ts';
import { crashPointHere, withCrashPoint } from './crash-points.ts';

const { point, die } = crashPointHere();

export const { archiveAttempts } = withCrashPoint({ archiveAttempts: archiveReal }, point, die);
