import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { planStack, renderHtml, renderMarkdown, renderSvg, renderTree, type Plan } from '../index.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../__fixtures__/${name}`, import.meta.url));
const TIME = 60_000;

/** A plan with something in it that every report must take care of. */
let plan: Plan;
beforeAll(async () => {
  const made = await planStack({ stackDir: fixture('remote'), env: 'dev' });
  const changes: Plan['changes'] = {
    against: 'main',
    commit: 'a'.repeat(40),
    existed: true,
    added: [{ urn: 'u', type: 'aws:kms/key:Key', name: 'new<key>' }],
    removed: [],
    changed: [{ urn: 'v', type: 'aws:lambda/function:Function', name: 'chat', properties: ['memorySize'] }],
    monthlyUsd: {
      idle: { before: 10, after: 12 },
      load: { before: 10, after: 12 },
      worst: { before: 10, after: 10 },
    },
    findings: { added: [], resolved: [] },
  };
  plan = { ...made, changes };
}, TIME);

describe('the terminal', () => {
  it('shows the bill with what is not known of it', () => {
    const text = renderTree(plan, { width: 150 });
    expect(text).toMatch(/Cost a month +idle +at the load +worst case\n/);
    expect(text).toMatch(/worker \(ec2\.Instance\) +\$588 +\$588 +\$588\n/);
    expect(text).toMatch(/\? price unknown: Machines of node pool gpu/);
    expect(text).toMatch(/total .*\+/);
    expect(text).toMatch(/net-1 +ec2\.NatGateway +estimated/);
    expect(text).toMatch(/\+ new<key> \(kms\.Key\)\n +~ chat \(lambda\.Function\) {2}memorySize/);
    expect(text).toContain('idle $10.00 → $12.00 (+$2.00)');
  });
});

describe('the comment', () => {
  it('begins with the mark by which it is found again, and stays short', () => {
    const text = renderMarkdown(plan);
    expect(text).toMatch(/^<!-- plinth-plan fixture-remote dev -->\n/);
    expect(text).toContain('| **Total** |');
    expect(text).toContain('❌ **1 mandatory finding** would stop the deployment');
    expect(text).toContain('- ➕ `new<key>` kms.Key');
    expect(text.length).toBeLessThan(8_000);
  });

  it('lets no text of a plan mention a person, start HTML or end a table cell', () => {
    const [finding] = plan.findings;
    const message = '@everyone <img src=x> | **bold**';
    const text = renderMarkdown({ ...plan, findings: [{ ...finding!, message }] });
    expect(text).not.toContain('@everyone');
    expect(text).not.toContain('<img');
    expect(text).toContain('\\*\\*bold\\*\\*');
  });
});

describe('the page', () => {
  it('needs nothing but itself, and runs nothing', () => {
    const page = renderHtml(plan);
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\((?!#)/);
    expect(page).toContain("default-src 'none'");
  });

  it('holds picture, bill with quantities and sources, findings and resources', () => {
    const page = renderHtml(plan);
    expect(page).toContain('<svg');
    expect(page).toContain('<h2>Cost a month</h2>');
    expect(page).toContain('NAT gateway');
    expect(page).toContain('https://aws.amazon.com/vpc/pricing/');
    expect(page).toContain('730');
    expect(page).toContain('<span class="badge">estimated</span>');
    expect(page).toContain('accelerator-allow-list');
  });

  it('shows text of a plan as text', () => {
    expect(renderHtml(plan)).not.toContain('new<key>');
    expect(renderHtml(plan)).toContain('new&lt;key&gt;');
  });
});

it('an amount below a cent breaks no report', () => {
  const [line] = plan.cost.lines;
  const worker = plan.resources.find(({ name }) => name === 'worker');
  const tiny = { ...line!, resource: worker!.urn, monthlyUsd: { idle: 0.001, load: 0.001, worst: 0.001 } };
  const small: Plan = { ...plan, cost: { ...plan.cost, lines: [tiny] } };
  for (const report of [renderSvg(small), renderHtml(small), renderMarkdown(small)]) {
    expect(report).toContain('&lt;$0.01');
    expect(report).not.toContain('<$');
  }
});

describe('the picture', () => {
  it('has a card for each part, with its cost, and is dark where the reader is', () => {
    const picture = renderSvg(plan);
    expect(picture).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 1200 \d+"/);
    for (const name of ['net', 'worker', 'market', 'gpu']) expect(picture).toContain(`>${name}</text>`);
    expect(picture).toContain('$588');
    expect(picture).toContain('prefers-color-scheme:dark');
  });

  it('draws no card outside its ground', () => {
    const picture = renderSvg(plan);
    const [, height] = /viewBox="0 0 1200 (\d+)"/.exec(picture) ?? [];
    for (const [, x, y] of picture.matchAll(/<g transform="translate\(([\d.]+) ([\d.]+)\)"><title>/g)) {
      expect(Number(x)).toBeLessThan(1200);
      expect(Number(y) + 54).toBeLessThan(Number(height));
    }
  });
});
