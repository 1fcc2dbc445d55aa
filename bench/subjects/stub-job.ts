import { randomUUID } from 'node:crypto';

interface Manifest {
  readonly metadata: { readonly name: string };
  readonly spec: object;
}

/** A Job as an API server keeps it: about as large as a real one, and cheap to tell of again and again. */
export class StubJob {
  readonly name: string;
  readonly #untilVersion: string;
  readonly #untilStatus: string;
  #version: number;
  #status = '{}';

  constructor({ metadata, spec, ...rest }: Manifest, version: number) {
    this.name = metadata.name;
    const uid = randomUUID();
    const creationTimestamp = new Date().toISOString();
    const managedFields = [
      { manager: 'nightwatch', operation: 'Update', fieldsType: 'FieldsV1', fieldsV1: fieldsOf(spec) },
    ];
    const served = JSON.stringify({ ...metadata, uid, generation: 1, creationTimestamp, managedFields });
    this.#untilVersion = `${JSON.stringify(rest).slice(0, -1)},"metadata":${served.slice(0, -1)},"resourceVersion":"`;
    this.#untilStatus = `"},"spec":${JSON.stringify(spec)},"status":`;
    this.#version = version;
  }

  /** Sets its status, as JSON. */
  change(status: string, version: number): void {
    this.#status = status;
    this.#version = version;
  }

  text(): string {
    return `${this.#untilVersion}${this.#version}${this.#untilStatus}${this.#status}}`;
  }

  /** A line of a watch. */
  event(type: 'ADDED' | 'MODIFIED'): string {
    return `{"type":"${type}","object":${this.text()}}\n`;
  }
}

/** Which fields an object has, in the way in which a server notes who manages them. */
function fieldsOf(value: object): object {
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      `f:${key}`,
      typeof field === 'object' && field !== null && !Array.isArray(field) ? fieldsOf(field) : {},
    ]),
  );
}
