import { describe, expect, it } from 'vitest';
import { KEY_ARN, TOPIC_ARN } from '../testing/fixtures.ts';
import { registered, valueOf } from '../testing/index.ts';
import { exported, readFoundation } from './foundation.ts';

describe('readFoundation', () => {
  it('reads what the foundation of the same environment exports', async () => {
    let key: unknown;
    await registered(() => (key = readFoundation().dataKeyArn), {
      stackOutputs: { dataKeyArn: KEY_ARN, alertTopicArn: TOPIC_ARN },
    });
    expect(await valueOf(key)).toBe(KEY_ARN);
  });

  it('says what to deploy when the foundation exports nothing yet', () => {
    expect(() => exported('organization/plinth-foundation/dev', 'dataKeyArn', undefined)).toThrow(
      /organization\/plinth-foundation\/dev exports no "dataKeyArn"\. Deploy the foundation first/,
    );
  });
});
