/** How one part of the service is; the detail is one line, shown to everybody who can reach the port. */
export type HealthResult =
  | { readonly ok: true; readonly detail?: string }
  | { readonly ok: false; readonly detail: string };

/** One part of the service that can be asked how it is. */
export interface HealthCheck {
  readonly name: string;
  /** Reads state that others keep: it must not wait, for the answer is wanted most when something hangs. */
  check(): HealthResult;
}
