import { expect, it } from 'vitest';
import { evaluate } from '../../evaluate.ts';
import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN } from '../../testing/samples.ts';
import { Unknown } from '../../unknown.ts';
import { hardenedContainers } from './hardened.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const IMAGE = `registry.example/vllm@${DIGEST}`;
const SECURE = {
  runAsNonRoot: true,
  readOnlyRootFilesystem: true,
  allowPrivilegeEscalation: false,
  privileged: false,
};
const container = (security: object = {}, changes: object = {}) => ({
  name: 'server',
  image: IMAGE,
  securityContext: { ...SECURE, ...security },
  ...changes,
});
const pod = (...containers: unknown[]) => ({ spec: { containers } });
const deployment = (...containers: unknown[]) => [
  sample('kubernetes:apps/v1:Deployment', { spec: { template: pod(...containers) } } as object),
];
const inPod = (podSecurity: object, ...containers: unknown[]) => [
  sample('kubernetes:core/v1:Pod', { spec: { securityContext: podSecurity, containers } } as object),
];
const cronJob = (...containers: unknown[]) => [
  sample('kubernetes:batch/v1:CronJob', {
    spec: { jobTemplate: { spec: { template: pod(...containers) } } },
  } as object),
];
const definition = (changes: object = {}) => ({
  name: 'server',
  image: IMAGE,
  user: '1000:1000',
  readonlyRootFilesystem: true,
  ...changes,
});
const task = (containerDefinitions: unknown) => [
  sample('aws:ecs/taskDefinition:TaskDefinition', { containerDefinitions } as object),
];
const json = (...definitions: object[]) => task(JSON.stringify(definitions));

describeRule(hardenedContainers, {
  passes: {
    'a Deployment': deployment(container()),
    'a user id instead of a promise': deployment(container({ runAsNonRoot: undefined, runAsUser: 1000 })),
    'a Pod that says it for its containers': inPod({ runAsNonRoot: true }, container({ runAsNonRoot: undefined })),
    'a CronJob': cronJob(container()),
    'a task definition': json(definition()),
  },
  fails: {
    'a privileged container': { given: deployment(container({ privileged: true })), says: /server is privileged/ },
    'user 0': { given: deployment(container({ runAsUser: 0 })), says: /run as root/ },
    'a writable root': { given: cronJob(container({ readOnlyRootFilesystem: false })), says: /write to its root/ },
    escalation: { given: deployment(container({ allowPrivilegeEscalation: true })), says: /gain privileges/ },
    'a tag': { given: deployment(container({}, { image: 'vllm/vllm-openai:latest' })), says: /not pinned.*latest/ },
    'an init container': {
      given: [
        sample('kubernetes:core/v1:Pod', {
          spec: { initContainers: [container({ privileged: true })], containers: [container()] },
        } as object),
      ],
      says: /privileged/,
    },
    'a task as root': { given: json(definition({ user: 'root' })), says: /run as root/ },
    'a privileged task': { given: json(definition({ privileged: true })), says: /is privileged/ },
    'text that is no list': { given: task('server'), says: /not a JSON list/ },
  },
  missing: {
    fails: {
      'no security context': {
        given: deployment({ name: 'server', image: IMAGE }),
        says: /run as root[\s\S]*write[\s\S]*gain privileges/,
      },
      'no user of a task': { given: json(definition({ user: undefined })), says: /run as root/ },
      'a writable task': { given: json(definition({ readonlyRootFilesystem: undefined })), says: /write to its root/ },
      'no image': { given: json(definition({ image: undefined })), says: /not pinned by digest: none/ },
      'no containers': { given: deployment(), says: /no container/ },
    },
  },
  unknown: {
    'the definitions': task(UNKNOWN),
    'the pod': [sample('kubernetes:apps/v1:Deployment', { spec: UNKNOWN } as object)],
    'a container': deployment(UNKNOWN),
    'the image': deployment(container({}, { image: UNKNOWN })),
    'whether it may write': deployment(container({ readOnlyRootFilesystem: UNKNOWN })),
    'the user': deployment(container({ runAsNonRoot: UNKNOWN })),
  },
});

const planned = (image: string, changes: object = {}) =>
  evaluate(
    [hardenedContainers],
    task(new Unknown('containerDefinitions', [], JSON.stringify([definition({ image, ...changes })]))),
  );

it('reads the definitions a plan knows around a repository that does not exist yet', () => {
  expect(planned(`«repository:vllm.repositoryUrl»@${DIGEST}`)).toEqual([]);
  expect(planned('«repository:vllm.repositoryUrl»:latest')).toMatchObject([{ kind: 'violation' }]);
  expect(planned('«image:vllm.imageUri»')).toMatchObject([{ kind: 'not-yet-known' }]);
  expect(planned(`«repository:vllm.repositoryUrl»@${DIGEST}`, { privileged: true })).toMatchObject([
    { kind: 'violation' },
  ]);
});
