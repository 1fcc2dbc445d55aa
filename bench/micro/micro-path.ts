/** A short path through nightwatch's own code, without any server, that each row or event takes. */
export interface MicroPath {
  readonly name: string;
  /** Takes the path for so many rows or events as one call takes. */
  readonly run: () => void | Promise<void>;
  /** How many those are. */
  readonly count: number;
}
