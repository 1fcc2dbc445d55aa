/** The commands that read a configuration. */
export const commands = ['run', 'migrate'] as const;

export type Command = (typeof commands)[number];

/** What somebody wrote for a setting: text in the environment; in a file it may also be a list or a map of texts. */
export type Given = string | readonly string[] | ReadonlyMap<string, string>;

/** A given value understood, or not; `problem` says what is wrong with this one and never shows a secret. */
export type Parsed<Value> =
  | { readonly result: 'valid'; readonly value: Value }
  | { readonly result: 'invalid'; readonly problem?: string };

/** A kind of value: how it is read, and what may be written. */
export interface Kind<Value> {
  /** Ends the sentence "allowed is …". */
  readonly allowed: string;
  readonly parse: (given: Given) => Parsed<Value>;
}

interface AnySetting<Value> {
  readonly kind: Kind<Value>;
  /** One sentence of Markdown for the reference. */
  readonly description: string;
  /** Other commands neither need it nor look at it. */
  readonly usedBy: readonly Command[];
  /** Never shown; may also be given as the path of a file, by the name with `_FILE` behind it. */
  readonly secret?: true;
}

export interface RequiredSetting<Value> extends AnySetting<Value> {
  readonly absence: 'refused';
}

export interface DefaultedSetting<Value> extends AnySetting<Value> {
  readonly absence: 'default';
  /** Read like any given value, so that the reference shows what is in force. */
  readonly default: string;
}

export interface OptionalSetting<Value> extends AnySetting<Value> {
  readonly absence: 'undefined';
  /** What it means to leave it out, for the reference. */
  readonly absenceMeans: string;
}

export type Setting<Value> = RequiredSetting<Value> | DefaultedSetting<Value> | OptionalSetting<Value>;

/** The type that a setting's value has once the configuration is valid. */
export type ValueOf<Some> = Some extends { readonly kind: Kind<infer Value> }
  ? Some extends { readonly absence: 'undefined' }
    ? Value | undefined
    : Value
  : never;

/** One thing that is wrong with the configuration, in words that can be shown to anybody. */
export interface ConfigFault {
  /** The setting, or the settings that contradict each other. */
  readonly name: string;
  /** What was written, `***` for a secret; undefined when nothing was. */
  readonly given: string | undefined;
  readonly allowed: string;
  /** `environment`, or the path of the file. */
  readonly where: string;
  /** What is wrong with the given value in particular, where that is known. */
  readonly problem: string | undefined;
}
