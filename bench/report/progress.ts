/** Tells a person what is going on. */
export interface Progress {
  /** A line that stays. */
  say(text: string): void;
  /** What is being done now, with the time since the scenario began; on a terminal it replaces the last such line. */
  step(text: string): void;
}

const clearLine = '\r\x1b[K';

export function createProgress(output: NodeJS.WriteStream): Progress {
  const beganAtMs = performance.now();
  let isStepShown = false;
  const clear = () => {
    if (isStepShown) output.write(clearLine);
    isStepShown = false;
  };
  const elapsed = () => `${Math.round((performance.now() - beganAtMs) / 1_000)} s`.padStart(7);
  return {
    say(text) {
      clear();
      output.write(`${text}\n`);
    },
    step(text) {
      clear();
      const line = `${elapsed()}  ${text}`;
      output.write(output.isTTY ? line.slice(0, output.columns) : `${line}\n`);
      isStepShown = output.isTTY;
    },
  };
}
