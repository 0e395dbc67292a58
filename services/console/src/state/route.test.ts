import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBar } from '../testing/address-bar.ts';
import { createRoute, DOCUMENT_VIEWS, hashOf, parseHash } from './route.ts';
import type { Panel, Route } from './route.ts';

const place = fc.nat().chain((start) => fc.nat(1_000).map((length) => ({ start, end: start + length })));
const panel: fc.Arbitrary<Panel> = fc.oneof(
  fc.record({ kind: fc.constant('explanation' as const), answerId: fc.string({ minLength: 1 }) }),
  fc
    .tuple(fc.string({ minLength: 1, unit: 'grapheme' }), fc.option(fc.nat()), fc.option(place))
    .map(([id, version, span]) => ({
      kind: 'source' as const,
      id,
      ...(version === null ? {} : { version }),
      ...(span ?? {}),
    })),
);
const route: fc.Arbitrary<Route> = fc.oneof(
  fc.constantFrom({ mode: 'chat' as const }, { mode: 'sites' as const }),
  fc
    .tuple(fc.constantFrom(...DOCUMENT_VIEWS), fc.option(panel))
    .map(([view, open]) => ({ mode: 'documents' as const, view, ...(open === null ? {} : { panel: open }) })),
  fc
    .oneof(
      fc.constantFrom('list' as const, 'new' as const),
      fc.record({ id: fc.string({ minLength: 1, unit: 'grapheme' }) }),
    )
    .map((place) => ({ mode: 'batches' as const, place })),
);

describe('the address of what is shown', () => {
  it('says all of it, whatever a document is called', () => {
    fc.assert(
      fc.property(route, (given) => {
        expect(parseHash(hashOf(given))).toEqual(given);
      }),
    );
  });

  it('is read without failing, whatever somebody made of it', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => parseHash(`#/${text}`)).not.toThrow();
      }),
    );
    expect(parseHash('#/documents/nowhere?source=a&start=9&end=3')).toEqual({
      mode: 'documents',
      view: 'ask',
      panel: { kind: 'source', id: 'a' },
    });
    expect(parseHash('#message')).toBeUndefined();
  });

  it('goes along with the address bar, forward and back, and stays on an anchor', () => {
    const bar = addressBar('#/documents/library');
    const { route: shown, openPanel } = createRoute(bar);
    openPanel({ kind: 'source', id: 'x' });
    expect(bar.hash()).toBe('#/documents/library?source=x');
    bar.go('#message');
    expect(shown.value).toMatchObject({ panel: { id: 'x' } });
    bar.back();
    bar.back();
    expect(shown.value).toEqual({ mode: 'documents', view: 'library' });
  });
});
