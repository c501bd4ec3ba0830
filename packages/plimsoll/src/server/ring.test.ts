/** The ring of recent events against a plain list that forgets nothing. */
import type { EngineEvent } from '@plimsoll/core/engine';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Ring } from './ring.ts';

const event = (sequence: number, index: number): EngineEvent => ({
  sequence,
  index,
  timeMs: 0,
  kind: 'account-opened',
  account: 'a',
});

it('gives every subscriber everything after its place, whole commands at a time, or nothing', () => {
  const commands = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(commands, fc.integer({ min: 1, max: 10 }), fc.nat(100), (sizes, limit, start) => {
      const ring = new Ring(12, 0);
      const all: EngineEvent[] = [];
      sizes.forEach((size, i) => {
        const events = Array.from({ length: size }, (_, index) => event(i + 1, index));
        ring.push(i + 1, events);
        all.push(...events);
      });
      let place = start;
      if (place < ring.oldest || place > ring.newest) {
        expect(ring.after(place, limit)).toBeUndefined();
        return;
      }
      const got: EngineEvent[] = [];
      while (place !== ring.newest) {
        const found = ring.after(place, limit);
        if (found === undefined) throw new Error('fell out of the ring');
        expect(found.through).toBeGreaterThan(place);
        got.push(...found.events.map((kept) => kept.event));
        place = found.through;
      }
      expect(got).toEqual(all.filter(({ sequence }) => sequence > start));
      expect(ring.newest - ring.oldest).toBeLessThanOrEqual(sizes.length);
    }),
  );
});
