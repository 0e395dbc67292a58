import { expect, it } from 'vitest';
import { ec2Instance, ec2Instances } from './ec2-instance.ts';

it('knows what an instance holds and costs, with where the price is from and when', () => {
  expect(ec2Instance('g6.xlarge')).toEqual({
    type: 'g6.xlarge',
    arch: 'amd64',
    vcpu: 4,
    memoryMiB: 16_384,
    networkMbps: 2_500,
    nvmeGiB: 250,
    accelerator: {
      kind: 'gpu',
      name: 'l4',
      manufacturer: 'nvidia',
      count: 1,
      memoryMiBEach: 22_888,
      neuronCores: undefined,
    },
    price: expect.objectContaining({ usd: 0.8048, unit: 'instance-hour', asOf: '2026-07-20' }),
  });
});

it('takes the name SageMaker gives it', () => {
  expect(ec2Instance('ml.g6.xlarge')).toBe(ec2Instance('g6.xlarge'));
});

it('adds the memory of Neuron chips, which the data lack', () => {
  expect(ec2Instance('inf2.xlarge')?.accelerator).toMatchObject({ memoryMiBEach: 32_768, neuronCores: 2 });
  expect(ec2Instance('trn2.48xlarge')?.accelerator).toMatchObject({ count: 16, memoryMiBEach: 98_304 });
});

it('says that a price is unknown where an instance is not sold on demand', () => {
  expect(ec2Instance('trn2.48xlarge')?.price).toMatchObject({
    usd: undefined,
    why: expect.stringContaining('not sold'),
  });
});

it('knows no instance that is not there', () => {
  expect(ec2Instance('g99.tiny')).toBeUndefined();
});

it('has a type for every use: GPU, Neuron and plain, both architectures', () => {
  const all = [...ec2Instances().values()];
  expect(all.length).toBeGreaterThan(200);
  for (const kind of ['gpu', 'neuron', undefined])
    expect(all.some((each) => each.accelerator?.kind === kind)).toBe(true);
  for (const arch of ['amd64', 'arm64']) expect(all.some((each) => each.arch === arch)).toBe(true);
});
