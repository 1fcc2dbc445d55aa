/** Arguments of Node for a replica that its environment may tell to go wrong. */
export const faultyProcess: readonly string[] = ['--import', new URL('./faulty-process.ts', import.meta.url).href];

/** Arguments of Node for a replica of a later version, which its environment names. */
export const laterProgram: readonly string[] = ['--import', new URL('./later-program.ts', import.meta.url).href];
