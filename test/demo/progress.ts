import { styleText } from 'node:util';

/** What stands on the line of a part that runs. */
export interface PartLine {
  readonly what: string;
  readonly where: string;
}

/** Tells a person what is going on, line by line. */
export interface Progress {
  say(text: string): void;
  /** A line of the list of parts. */
  note(label: string, line: PartLine): void;
  /** Starts a part and says what runs where, once it does; on a terminal also what is being waited for until then. */
  part<Part>(label: string, waitingFor: string, start: () => Promise<readonly [Part, PartLine]>): Promise<Part>;
}

const labelWidth = 12;
const whatWidth = 19;
const lineWidth = 100;

export function createProgress(output: NodeJS.WriteStream): Progress {
  const faint = (text: string) => styleText('dim', text, { stream: output });
  const begin = (label: string) => `  ${label.padEnd(labelWidth)}`;
  const note = (label: string, { what, where }: PartLine) => {
    const line = `${begin(label)}${what.padEnd(whatWidth)}${where}`;
    output.write(line.length <= lineWidth ? `${line}\n` : `${begin(label)}${what}\n${begin('')}${where}\n`);
  };
  return {
    say: (text) => void output.write(`${text}\n`),
    note,
    async part(label, waitingFor, start) {
      if (output.isTTY) output.write(`${begin(label)}${faint(`${waitingFor} …`)}`);
      const [part, line] = await start();
      if (output.isTTY) output.write('\r\x1b[K');
      note(label, line);
      return part;
    },
  };
}
