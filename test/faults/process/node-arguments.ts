/** Arguments of Node for a replica that its environment may tell to go wrong. */
export const faultyProcess: readonly string[] = ['--import', new URL('./faulty-process.ts', import.meta.url).href];
