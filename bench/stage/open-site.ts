import type { ScenarioContext } from '../scenarios/scenario.ts';
import { openScene } from './open-scene.ts';
import { type Place, preparePlace } from './place.ts';
import type { Scene } from './scene.ts';
import type { Stage, StageOptions } from './stage.ts';

/** A control plane with one place on it, for scenarios that look at nightwatch alone. */
export interface Site extends AsyncDisposable {
  readonly stage: Stage;
  readonly place: Place;
  readonly scene: Scene;
}

/** Makes one; namespaces beyond the first are the place's other ones. */
export async function openSite(context: ScenarioContext, options: Partial<StageOptions> = {}): Promise<Site> {
  await using resources = new AsyncDisposableStack();
  context.progress.step('starting a control plane');
  const stage = resources.use(await context.stages.take({ namespaces: 1, ...options }));
  const [namespace = '', ...otherNamespaces] = stage.namespaces;
  const { kubeconfig } = stage;
  const place = resources.use(await preparePlace({ server: context.server, namespace, otherNamespaces, kubeconfig }));
  const scene = resources.use(await openScene(stage, place, context.signal));
  const owned = resources.move();
  return { stage, place, scene, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
