import { describe, expect, it } from 'vitest';
import { KEY_ARN, TOPIC_ARN } from '../testing/fixtures.ts';
import { registered, valueOf } from '../testing/index.ts';
import { exported, readFoundation, repositoryOf } from './foundation.ts';
import { StackError } from './stack-error.ts';

describe('readFoundation', () => {
  it('reads what the foundation of the same environment exports', async () => {
    let key: unknown;
    await registered(async () => (key = (await readFoundation()).dataKeyArn), {
      stackOutputs: { dataKeyArn: KEY_ARN, alertTopicArn: TOPIC_ARN },
    });
    expect(await valueOf(key)).toBe(KEY_ARN);
  });

  it('refuses a foundation that exports nothing yet, before the stack registers anything', async () => {
    const reading = registered(() => readFoundation(), { stackOutputs: {} });
    await expect(reading).rejects.toThrow(StackError);
    await expect(reading).rejects.toThrow(/exports no "dataKeyArn"\. Deploy the foundation first/);
  });

  it('says what to deploy when the foundation exports nothing yet', () => {
    expect(() => exported('organization/plinth-foundation/dev', 'dataKeyArn', undefined)).toThrow(
      /organization\/plinth-foundation\/dev exports no "dataKeyArn"\. Deploy the foundation first/,
    );
  });

  it('reads the foundation of a further Region beside it, by the Region in front of the environment', async () => {
    const read: Record<string, unknown> = {};
    await registered(
      async () => {
        read['home'] = (await readFoundation('acme/foundation/dev')).dataKeyArn;
        read['further'] = (await readFoundation('acme/foundation/dev', undefined, 'eu-west-1')).dataKeyArn;
      },
      { stackOutputs: (stack) => ({ dataKeyArn: `key of ${stack}`, alertTopicArn: TOPIC_ARN }) },
    );
    expect(await valueOf(read['home'])).toBe('key of acme/foundation/dev');
    expect(await valueOf(read['further'])).toBe('key of acme/foundation/eu-west-1-dev');
  });

  it('finds an image repository by its name, and says where to add one that is missing', async () => {
    let url: unknown;
    await registered(async () => (url = (await readFoundation()).imageRepository('vllm')), {
      stackOutputs: {
        dataKeyArn: KEY_ARN,
        alertTopicArn: TOPIC_ARN,
        imageRepositories: { vllm: 'repository/plinth/vllm' },
      },
    });
    expect(await valueOf(url)).toBe('repository/plinth/vllm');
    expect(() => repositoryOf('organization/plinth-foundation/dev', 'tgi', { vllm: 'x' })).toThrow(
      /keeps no image repository "tgi"\. Add it to plinth-foundation:imageRepositories/,
    );
  });
});
