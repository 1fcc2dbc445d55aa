import { compareVersions as compare } from '../../../src/version.ts';
import { laterVersionVariable } from './later-versions.ts';

export const programVersion: string = process.env[laterVersionVariable] ?? '';
export const compareVersions = compare;
