import { describeRule } from '../../testing/describe-rule.ts';
import { sample, UNKNOWN } from '../../testing/samples.ts';
import { vllmBoundedAndTrusted } from './bounded-and-trusted.ts';

const pod = (container: object) => [
  sample('kubernetes:apps/v1:Deployment', {
    spec: { template: { spec: { containers: [{ name: 'server', image: 'vllm/vllm-openai', ...container }] } } },
  } as object),
];
const args = (...list: unknown[]) => pod({ args: list });
const task = (container: object) => [
  sample('aws:ecs/taskDefinition:TaskDefinition', {
    containerDefinitions: JSON.stringify([{ name: 'server', image: 'repo/vllm:1', ...container }]),
  }),
];
const model = (environment: unknown, image: unknown = 'dkr/vllm:0.11') => [
  sample('aws:sagemaker/model:Model', { primaryContainer: { image, environment } } as object),
];

describeRule(vllmBoundedAndTrusted, {
  passes: {
    'a length by flag': args('--model', '/model', '--max-model-len', '8192'),
    'a length with an equals sign': args('--max_model_len=16k'),
    'a length in a line for a shell': pod({ command: ['sh', '-c', 'exec vllm serve /model --max-model-len 4096'] }),
    'a length by variable': task({ environment: [{ name: 'PLINTH_MAX_MODEL_LEN', value: '4096' }] }),
    'SageMaker’s variables': model({ SM_VLLM_MAX_MODEL_LEN: '4096', SM_VLLM_TRUST_REMOTE_CODE: 'false' }),
    'LMI’s variables': model({ OPTION_MAX_MODEL_LEN: '4096' }, 'dkr/djl-inference:0.33-lmi15'),
    'another server': pod({ image: 'registry/tgi', args: ['--trust-remote-code'] }),
    'a model package': model(undefined, undefined).map((it) => ({
      ...it,
      props: { primaryContainer: { modelPackageName: 'a' } },
    })),
  },
  fails: {
    'remote code by flag': {
      given: args('--max-model-len', '8192', '--trust-remote-code'),
      says: /trusts remote code/,
    },
    'remote code by variable': {
      given: model({ OPTION_MAX_MODEL_LEN: '4096', OPTION_TRUST_REMOTE_CODE: 'true' }, 'dkr/djl-inference:lmi'),
      says: /trusts remote code/,
    },
    'a length left to vLLM': { given: args('--max-model-len', 'auto'), says: /no usable max-model-len/ },
    'a flag without its value': { given: args('--max-model-len', '--port', '8000'), says: /no usable/ },
    'vLLM by its command alone': {
      given: pod({ image: 'python', command: ['vllm', 'serve'] }),
      says: /no max-model-len/,
    },
  },
  missing: {
    fails: {
      'no length in a pod': { given: args('--model', '/model'), says: /no max-model-len/ },
      'no length in a task': { given: task({}), says: /no max-model-len/ },
      'no length in a SageMaker model': { given: model({ SM_VLLM_MODEL: '/opt/ml/model' }), says: /no max-model-len/ },
    },
  },
  unknown: {
    'the arguments': pod({ args: UNKNOWN }),
    'one argument, which may be anything': args('--max-model-len', '8192', UNKNOWN),
    'the length': model({ SM_VLLM_MAX_MODEL_LEN: UNKNOWN }),
    'the variables': model(UNKNOWN),
    'variables from a config map': pod({ envFrom: [{ configMapRef: { name: 'settings' } }] }),
    'whether code is trusted': pod({
      env: [
        { name: 'MAX_MODEL_LEN', value: '1' },
        { name: 'TRUST_REMOTE_CODE', value: UNKNOWN },
      ],
    }),
    'the image': pod({ image: UNKNOWN }),
    'the containers': [sample('aws:ecs/taskDefinition:TaskDefinition', { containerDefinitions: UNKNOWN })],
  },
});
