import { describe, expect, it } from 'vitest';
import { touchedObjects } from './s3-events.ts';

const record = (key: string) => ({
  eventName: 'ObjectCreated:Put',
  s3: { bucket: { name: 'docs' }, object: { key, sequencer: '0A' } },
});

describe('a message of the queue', () => {
  it("by S3 names objects, their keys encoded as a form's", () => {
    const body = JSON.stringify({ Records: [record('documents/acme/a+b%2Bc/%C3%BC.md'), record('x')] });
    expect(touchedObjects(body)).toEqual([
      { bucket: 'docs', key: 'documents/acme/a b+c/ü.md' },
      { bucket: 'docs', key: 'x' },
    ]);
  });

  it.each(['Object Created', 'Object Deleted'])('by EventBridge of an "%s" names one, as it is', (type) => {
    const detail = { bucket: { name: 'docs' }, object: { key: 'documents/acme/a+b%20c.md', sequencer: '0A' } };
    const body = JSON.stringify({ source: 'aws.s3', 'detail-type': type, detail });
    expect(touchedObjects(body)).toEqual([{ bucket: 'docs', key: 'documents/acme/a+b%20c.md' }]);
  });

  it('that S3 sends to try the queue names none', () => {
    expect(touchedObjects('{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"docs"}')).toEqual([]);
  });

  it.each([
    '',
    'x',
    'null',
    '[]',
    '{}',
    '{"Records":1}',
    '{"Records":[{}]}',
    JSON.stringify({ Records: [record('%zz')] }),
    '{"source":"aws.s3","detail-type":"Object Created"}',
  ])('that says %j is refused', (body) =>
    expect(() => touchedObjects(body)).toThrow(expect.objectContaining({ code: 'invalid_request' }) as Error),
  );
});
