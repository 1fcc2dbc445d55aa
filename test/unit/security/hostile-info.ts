import fc from 'fast-check';
import { anyCharacter } from '../../support/any-character.ts';
import { fullSpec } from '../../support/full-spec.ts';

/** What would reach the node, another account or nightwatch's own labels, if it got into a Job. */
const coveted: readonly (readonly [key: string, value: unknown])[] = [
  ['hostNetwork', true],
  ['hostPID', true],
  ['hostIPC', true],
  ['privileged', true],
  ['allowPrivilegeEscalation', true],
  ['runAsUser', 0],
  ['nodeName', 'node-1'],
  ['nodeSelector', { control: 'plane' }],
  ['tolerations', [{ operator: 'Exists' }]],
  ['priorityClassName', 'system-node-critical'],
  ['automountServiceAccountToken', true],
  ['serviceAccount', 'admin'],
  ['serviceAccountName', 'admin'],
  ['namespace', 'kube-system'],
  ['name', 'other'],
  ['managedBy', 'example.com/x'],
  ['finalizers', ['example.com/x']],
  ['ownerReferences', [{ uid: '1' }]],
  ['volumes', [{ name: 'root', hostPath: { path: '/' } }]],
  ['volumeMounts', [{ name: 'root', mountPath: '/host' }]],
  ['hostPath', { path: '/' }],
  ['securityContext', { privileged: true }],
  ['capabilities', { add: ['ALL'] }],
  ['envFrom', [{ secretRef: { name: 'a' } }]],
  ['valueFrom', { secretKeyRef: { name: 'a', key: 'b' } }],
  ['initContainers', [{ name: 'x', image: 'x' }]],
  ['containers', [{ name: 'x', image: 'x', securityContext: { privileged: true } }]],
  ['spec', { template: { spec: { hostNetwork: true } } }],
  ['template', { spec: { hostNetwork: true } }],
  ['metadata', { namespace: 'kube-system' }],
  ['nightwatch.dev/attempt-id', 'stolen'],
  ['nightwatch.dev/installation', 'stolen'],
  ['app.kubernetes.io/managed-by', 'somebody'],
  ['batch.kubernetes.io/controller-uid', 'stolen'],
  ['controller-uid', 'stolen'],
  ['container.apparmor.security.beta.kubernetes.io/task', 'unconfined'],
  ['__proto__', { hostNetwork: true, privileged: true }],
  ['constructor', { prototype: { hostNetwork: true } }],
  ['prototype', { hostNetwork: true }],
  ['toString', 'x'],
  ['hasOwnProperty', 'x'],
  ['toJSON', 'x'],
  ['then', 'x'],
  ['length', 1e308],
];

const text = fc.string({ unit: anyCharacter, maxLength: 12 });
const oddText = fc.constantFrom(
  '',
  '\0',
  '\ud800',
  '\u202ealpine',
  '../../x',
  "'; DROP TABLE task; --",
  'ａｌｐｉｎｅ',
  '💣',
);
const oddNumber = fc.constantFrom(-0, -1, 0.5, 2 ** 31, 2 ** 53, 1e308, -1e308, 5e-324);
const deep = fc.integer({ min: 4, max: 40 }).map((levels) => JSON.parse('['.repeat(levels) + ']'.repeat(levels)));
const oddValue = fc.oneof(
  fc.string({ maxLength: 8 }),
  text,
  oddText,
  oddNumber,
  fc.boolean(),
  fc.constant(null),
  deep,
  fc.jsonValue({ maxDepth: 3 }),
);
const insertion = fc.oneof(
  { arbitrary: fc.constantFrom(...coveted), weight: 2 },
  {
    arbitrary: fc.tuple(
      fc.oneof(
        text,
        oddText,
        fc.constantFrom(...coveted).map(([key]) => key),
      ),
      oddValue,
    ),
    weight: 2,
  },
);

/** JSON of a full spec with something else in it, at any place: a key more, an item more, or another value. */
const changedSpec = fc
  .array(fc.record({ place: fc.nat(), put: insertion, isReplacing: fc.boolean() }), { minLength: 1, maxLength: 2 })
  .map((changes) => {
    const spec = toNode(fullSpec);
    for (const { place, put, isReplacing } of changes) {
      const holders = holdersIn(spec);
      const holder = holders[place % holders.length];
      if (holder !== undefined) change(holder, place, put, isReplacing);
    }
    return toText(spec);
  });

/** The same with a few characters of the text changed. */
const brokenText = fc
  .tuple(changedSpec, fc.array(fc.tuple(fc.nat(), fc.nat(3), fc.oneof(text, oddText)), { maxLength: 3 }))
  .map(([info, edits]) =>
    edits.reduce((edited, [place, count, put]) => {
      const at = place % (edited.length + 1);
      return edited.slice(0, at) + put + edited.slice(at + count);
    }, info),
  );

/** What somebody writes who tries to get more than a row may have. */
export const hostileInfo: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: changedSpec, weight: 4 },
  { arbitrary: brokenText, weight: 1 },
  { arbitrary: fc.string({ unit: anyCharacter }), weight: 1 },
);

/** JSON as lists of entries: an object can neither have a key twice nor, for certain, an own '__proto__'. */
type Entry = [key: string, value: Node];
type Holder = { readonly entries: Entry[]; readonly isList: boolean };
type Node = Holder | { readonly leaf: unknown };

function toNode(value: unknown): Node {
  if (typeof value !== 'object' || value === null) return { leaf: value };
  return {
    entries: Object.entries(value).map(([key, inner]): Entry => [key, toNode(inner)]),
    isList: Array.isArray(value),
  };
}

function holdersIn(node: Node): readonly Holder[] {
  return 'leaf' in node ? [] : [node, ...node.entries.flatMap(([, value]) => holdersIn(value))];
}

function change(
  { entries }: Holder,
  place: number,
  [key, value]: readonly [string, unknown],
  isReplacing: boolean,
): void {
  const replaced = isReplacing ? entries[place % entries.length] : undefined;
  if (replaced === undefined) entries.push([key, toNode(value)]);
  else replaced[1] = toNode(value);
}

function toText(node: Node): string {
  if ('leaf' in node) return JSON.stringify(node.leaf);
  if (node.isList) return `[${node.entries.map(([, value]) => toText(value)).join()}]`;
  return `{${node.entries.map(([key, value]) => `${JSON.stringify(key)}:${toText(value)}`).join()}}`;
}
