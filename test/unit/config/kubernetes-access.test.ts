import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseKubernetesAccess } from '../../../src/config/kubernetes-access.ts';

const path = '/home/somebody/.kube/config';
const serviceHost = '10.96.0.1';
const nothing = { source: undefined, kubeconfigPath: undefined, serviceHost: undefined, servicePort: undefined };
const server = 'https://10.96.0.1:443';

describe('chooseKubernetesAccess', () => {
  for (const [what, hints, expected] of [
    ['the kubeconfig that is set', { kubeconfigPath: path }, { source: 'kubeconfig', path }],
    ['the pod it runs in', { serviceHost }, { source: 'in-cluster', server }],
    ['its port', { serviceHost, servicePort: '6443' }, { source: 'in-cluster', server: 'https://10.96.0.1:6443' }],
    ['an address of IPv6', { serviceHost: 'fd00::1' }, { source: 'in-cluster', server: 'https://[fd00::1]:443' }],
    ['the kubeconfig before the pod', { kubeconfigPath: path, serviceHost }, { source: 'kubeconfig', path }],
    ['what was chosen', { source: 'in-cluster', kubeconfigPath: path, serviceHost }, { source: 'in-cluster', server }],
  ] as const) {
    it(`takes ${what}`, () => {
      assert.deepEqual(chooseKubernetesAccess({ ...nothing, ...hints }), expected);
    });
  }

  for (const [what, hints, name] of [
    ['with nothing to go by', {}, 'NIGHTWATCH_KUBERNETES'],
    ['with a kubeconfig that was chosen and not named', { source: 'kubeconfig', serviceHost }, 'KUBECONFIG'],
    ['in-cluster outside of a cluster', { source: 'in-cluster', kubeconfigPath: path }, 'NIGHTWATCH_KUBERNETES'],
    ['with an empty host', { serviceHost: '' }, 'NIGHTWATCH_KUBERNETES'],
  ] as const) {
    it(`does not guess ${what}`, () => {
      const chosen = chooseKubernetesAccess({ ...nothing, ...hints });
      assert.ok('fault' in chosen);
      assert.equal(chosen.fault.name, name);
    });
  }
});
