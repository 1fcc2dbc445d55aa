import { z } from 'zod';
import { LifeScriptError, lifeOfCommand, type PodLife, parsePodLife } from './pod-life.ts';

/** The annotation that holds a pod's life script, or one for each attempt with '|' between them; the last one repeats. */
export const lifeAnnotation = 'nightwatch.test/life';

const container = z.object({
  name: z.string(),
  image: z.string().default(''),
  command: z.array(z.string()).default([]),
  args: z.array(z.string()).default([]),
});

/** What the player wants to know of a pod that the API server has sent. */
export const playedPod = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
    labels: z.record(z.string(), z.string()).default({}),
    deletionTimestamp: z.string().optional(),
  }),
  spec: z.object({ nodeName: z.string().optional(), containers: z.array(container) }),
  status: z.object({ phase: z.string().optional(), startTime: z.string().optional() }).default({}),
});
export type PlayedPod = z.infer<typeof playedPod>;

/** The life that a pod's script asks for, else the one of its first container's command; or what is wrong with it. */
export function lifeOf(pod: PlayedPod, maxSleepMs: number): PodLife | LifeScriptError {
  const script = pod.metadata.annotations[lifeAnnotation];
  const [first] = pod.spec.containers;
  if (script === undefined) return lifeOfCommand([...(first?.command ?? []), ...(first?.args ?? [])], maxSleepMs);
  try {
    const scripts = script.split('|');
    const attempt = Number(pod.metadata.labels['nightwatch.dev/attempt'] ?? 1);
    return parsePodLife(scripts[Math.min(attempt, scripts.length) - 1] ?? '');
  } catch (error) {
    // The pod itself must tell: its author looks there.
    if (error instanceof LifeScriptError) return error;
    throw error;
  }
}
