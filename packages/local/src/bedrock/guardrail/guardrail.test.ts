import { ApplyGuardrailCommand, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { MODEL, ask, guardrailConfig, collect, textOf, useBedrockServer } from '../__fixtures__/bedrock-server.ts';

const server = useBedrockServer();

describe('guardrails', () => {
  const apply = (text: string, source: 'INPUT' | 'OUTPUT' = 'INPUT') =>
    server.client.send(
      new ApplyGuardrailCommand({
        guardrailIdentifier: 'arn:aws:bedrock:us-east-1:123456789012:guardrail/testguard',
        guardrailVersion: '1',
        source,
        content: [{ text: { text } }],
      }),
    );

  it('lets clean text pass', async () => {
    const answer = await apply('All is well.');
    expect(answer).toMatchObject({ action: 'NONE', outputs: [], assessments: [{}] });
    expect(answer.guardrailCoverage?.textCharacters).toEqual({ guarded: 12, total: 12 });
  });

  it('anonymises an email address and says so', async () => {
    const answer = await apply('Write to ada@example.com today.');
    expect(answer.action).toBe('GUARDRAIL_INTERVENED');
    expect(answer.outputs).toEqual([{ text: 'Write to {EMAIL} today.' }]);
    expect(answer.assessments?.[0]?.sensitiveInformationPolicy?.piiEntities).toEqual([
      { match: 'ada@example.com', type: 'EMAIL', action: 'ANONYMIZED', detected: true },
    ]);
  });

  it('blocks denied words and blocked entities with the message for that side', async () => {
    expect((await apply('My number is 536-90-4399.')).outputs).toEqual([{ text: 'Not that.' }]);
    expect((await apply('It is about Project Kestrel', 'OUTPUT')).outputs).toEqual([{ text: 'No more.' }]);
  });

  it('is ResourceNotFoundException when there is no such guardrail or version', async () => {
    const command = new ApplyGuardrailCommand({
      guardrailIdentifier: 'testguard',
      guardrailVersion: '7',
      source: 'INPUT',
      content: [{ text: { text: 'x' } }],
    });
    await expect(server.client.send(command)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('stops a blocked prompt before the model sees it', async () => {
    const answer = await server.client.send(new ConverseCommand({ ...ask('SSN 536-90-4399'), guardrailConfig }));
    expect(answer).toMatchObject({ stopReason: 'guardrail_intervened', usage: { totalTokens: 0 } });
    expect(answer.output?.message?.content).toEqual([{ text: 'Not that.' }]);
    expect(answer.trace?.guardrail?.inputAssessment?.testguard?.sensitiveInformationPolicy).toBeDefined();
    expect(server.engine.requests).toHaveLength(0);
  });

  it('gives the model an anonymised prompt', async () => {
    await server.client.send(new ConverseCommand({ ...ask('mail ada@example.com'), guardrailConfig }));
    expect(server.engine.requests[0]?.prompt).toMatchObject({ turns: [{ text: 'mail {EMAIL}' }] });
  });

  it('looks only at guardContent when a request marks some', async () => {
    const content = [{ text: 'mail ada@example.com' }, { guardContent: { text: { text: 'and bob@example.com' } } }];
    await server.client.send(
      new ConverseCommand({ modelId: MODEL, messages: [{ role: 'user', content }], guardrailConfig }),
    );
    expect(server.engine.requests[0]?.prompt).toMatchObject({ turns: [{ text: 'mail ada@example.com\nand {EMAIL}' }] });
  });

  it('never streams a blocked phrase, even split over pieces, and stops the model there', async () => {
    const before = server.engine.cancelled;
    server.engine.play({ pieces: ['It is pro', 'ject ', 'Kes', 'trel and', ' more'] });
    const { stream } = await server.client.send(new ConverseStreamCommand({ ...ask('what is it?'), guardrailConfig }));
    const events = await collect(stream);
    expect(textOf(events)).toBe('It is No more.');
    expect(events.find((event) => event.messageStop)?.messageStop?.stopReason).toBe('guardrail_intervened');
    expect(events.at(-1)?.metadata).toMatchObject({ usage: { outputTokens: 4 } });
    expect(server.engine.cancelled).toBe(before + 1);
  });

  it('anonymises what the model streams', async () => {
    server.engine.play({ pieces: ['Ask ada@ex', 'ample', '.com now', ' please'] });
    const { stream } = await server.client.send(new ConverseStreamCommand({ ...ask('who?'), guardrailConfig }));
    const events = await collect(stream);
    expect(textOf(events)).toBe('Ask {EMAIL} now please');
    expect(events.at(-1)?.metadata?.trace?.guardrail?.outputAssessments).toHaveProperty('testguard');
  });
});
