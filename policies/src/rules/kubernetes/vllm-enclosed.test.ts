import { expect, it } from 'vitest';
import { evaluate } from '../../evaluate.ts';
import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN } from '../../testing/samples.ts';
import { vllmEnclosed } from './vllm-enclosed.ts';

const NAMESPACE = 'models';
const server = (image: unknown = 'vllm/vllm-openai', labels: unknown = { app: 'vllm' }) =>
  sample('kubernetes:apps/v1:Deployment', {
    metadata: { namespace: NAMESPACE },
    spec: { template: { metadata: { labels }, spec: { containers: [{ name: 'server', image }] } } },
  } as object);
const service = (spec: object, namespace: unknown = NAMESPACE) =>
  sample('kubernetes:core/v1:Service', {
    metadata: { namespace },
    spec: { selector: { app: 'vllm' }, ...spec },
  } as object);
const denyAll = (spec: object = {}, namespace: unknown = NAMESPACE) =>
  sample('kubernetes:networking.k8s.io/v1:NetworkPolicy', {
    metadata: { namespace },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ...spec },
  } as object);

describeRule(vllmEnclosed, {
  passes: {
    'a ClusterIP behind a denial': [server(), service({ type: 'ClusterIP' }), denyAll()],
    'a Service without a type, which is ClusterIP': [server(), service({}), denyAll()],
    'a load balancer for other pods': [
      server(),
      service({ type: 'LoadBalancer', selector: { app: 'web' } }),
      denyAll(),
    ],
    'a load balancer in another namespace': [server(), service({ type: 'LoadBalancer' }, 'web'), denyAll()],
    'two policies, one for each direction': [
      server(),
      denyAll({ policyTypes: ['Ingress'] }),
      denyAll({ policyTypes: ['Egress'] }),
    ],
    'another server': [server('registry/web'), service({ type: 'LoadBalancer' })],
  },
  fails: {
    'a load balancer': { given: [server(), service({ type: 'LoadBalancer' }), denyAll()], says: /type LoadBalancer/ },
    'external addresses': { given: [server(), service({ externalIPs: ['1.2.3.4'] }), denyAll()], says: /external/ },
    'a policy that lets something in': { given: [server(), denyAll({ ingress: [{}] })], says: /denies Ingress/ },
    'a policy for some pods': {
      given: [server(), denyAll({ podSelector: { matchLabels: { app: 'web' } } })],
      says: /Ingress[\s\S]*Egress/,
    },
    'a policy of another namespace': { given: [server(), denyAll({}, 'web')], says: /Ingress/ },
  },
  missing: {
    fails: {
      'no policy': { given: [server()], says: /denies Ingress[\s\S]*denies Egress/ },
      'no types, which leaves egress open': {
        given: [server(), denyAll({ policyTypes: undefined })],
        says: /denies Egress/,
      },
    },
  },
  unknown: {
    'the type of a Service': [server(), service({ type: UNKNOWN }), denyAll()],
    'the policy': [server(), denyAll({ policyTypes: UNKNOWN })],
    'the namespace of the policy': [server(), denyAll({}, UNKNOWN)],
    'one direction': [server(), denyAll({ policyTypes: ['Ingress', UNKNOWN] })],
    'the pods': [sample('kubernetes:apps/v1:Deployment', { spec: UNKNOWN } as object)],
  },
});

it('knows two to be in one namespace by the graph, although its name is not known yet', () => {
  const from = { metadata: ['urn:namespace'] };
  const resources = [server(), denyAll()].map((resource) => ({
    ...resource,
    props: { ...resource.props, metadata: { namespace: UNKNOWN } },
    dependencies: from,
  }));
  expect(evaluate([vllmEnclosed], resources)).toEqual([]);
});
