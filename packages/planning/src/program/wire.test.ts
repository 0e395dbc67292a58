import { Unknown } from '@plinth/policies';
import { expect, it } from 'vitest';
import { StandIns } from './stand-ins.ts';
import { countUnknown, readWireRecord, UNKNOWN_VALUE } from './wire.ts';

const SIGNATURE = '4dabf18193072939515e22adb298388d';
const standIns = new StandIns('us-east-1');
const arn = standIns.textFor({ urn: 'u', type: 'aws:kms/key:Key', name: 'data', property: 'arn' });

it('hides secrets from the plan and shows them to the rules', () => {
  const { judged, shown } = readWireRecord(
    { password: { [SIGNATURE]: '1b47061264138c4ac30d75fd1eb44270', value: 'hunter2' } },
    standIns,
  );
  expect(shown).toEqual({ password: { $secret: true } });
  expect(judged).toEqual({ password: 'hunter2' });
});

it('marks what is unknown, with the text around it where that is known', () => {
  const { judged, shown } = readWireRecord({ a: UNKNOWN_VALUE, b: [`${arn}/*`], c: 1 }, standIns);
  expect(shown).toEqual({ a: { $unknown: null }, b: [{ $unknown: '«key:data.arn»/*' }], c: 1 });
  expect(judged['a']).toBeInstanceOf(Unknown);
  expect(judged['b']).toMatchObject([{ template: '«key:data.arn»/*', sources: [{ type: 'aws:kms/key:Key' }] }]);
  expect(countUnknown(shown)).toBe(2);
});

it('names the folder of an archive', () => {
  const { shown } = readWireRecord(
    { code: { [SIGNATURE]: '0def7320c3a5731c473e5ecbe6d01bc7', path: './dist' } },
    standIns,
  );
  expect(shown).toEqual({ code: { $asset: './dist' } });
});
