import { RPCLink } from '@orpc/client/message-port';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Channel } from '../../src/contract/channel.ts';
import { createSession } from '../../src/contract/session.ts';
import type { StudioClient } from '../../src/contract/studio.ts';
import type { Guest } from '../../src/node/processes/share.ts';
import { inProcessService, type InProcessService } from './in-process-service.ts';

const TRIES = 10_000;

/** A client of the service over a conversation of its own. */
const clientOf = (service: InProcessService): StudioClient => {
  const session = createSession<StudioClient>();
  const guest: { current: Guest | null } = { current: null };
  const conversation = service.admit({
    message: (data) => guest.current?.message(data),
    closed: () => guest.current?.closed(),
  });
  const channel = new Channel('client', (frame) => {
    if ('data' in frame) conversation?.relay(frame.data);
  });
  guest.current = {
    message: (data) => {
      channel.deliver(data);
    },
    closed: () => {
      channel.closed();
    },
  };
  session.connect((closed) => {
    channel.on('close', closed);
    return new RPCLink({ port: channel });
  });
  return session.client;
};

/** Messages that look like a call's, with something wrong in them. */
const nearMessage = fc
  .record({
    i: fc.oneof(fc.string(), fc.integer(), fc.constant('1')),
    t: fc.oneof(fc.integer({ min: -1, max: 9 }), fc.string()),
    p: fc.oneof(
      fc.record({
        u: fc.oneof(
          fc.string(),
          fc.constantFrom('/pictures/locate', '/samples/describe', '/__proto__', '/constructor/constructor'),
        ),
        b: fc.oneof(
          fc.object(),
          fc.record({ json: fc.jsonValue(), meta: fc.jsonValue() }),
          fc.constant({ json: { __proto__: { x: 1 } } }),
        ),
        m: fc.constantFrom('GET', 'POST', 'DELETE', 7),
        h: fc.object(),
      }),
      fc.jsonValue(),
    ),
  })
  .map((value) => JSON.stringify(value));

const anything = fc.oneof(
  nearMessage,
  fc.string(),
  fc.json(),
  fc.uint8Array({ maxLength: 64 }),
  nearMessage.map((text) => new TextEncoder().encode(text)),
  fc.anything(),
);

describe('the service', () => {
  it(`outlives ${String(TRIES)} malformed messages, and answers the next call`, async () => {
    const service = inProcessService({ source: 'source', file: '/nowhere' });
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => {
      unhandled.push(error);
    };
    process.on('unhandledRejection', note);
    try {
      const conversation = service.admit({ message: () => undefined, closed: () => undefined });
      for (const message of fc.sample(anything, { numRuns: TRIES, seed: 20_261_124 }))
        conversation?.relay(message);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await clientOf(service).samples.describe({})).toEqual({ photos: 7, licence: 'MIT' });
      expect(unhandled).toEqual([]);
      expect(service.reports.length).toBeGreaterThan(0);
      expect(Object.keys(Object.prototype)).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });

  it('refuses input that the contract does not know, and says so', async () => {
    const client = clientOf(inProcessService({ source: 'source', file: '/nowhere' }));
    const wrong = { kind: 'photo', source: 'source', photo: -1, sizePx: 320 } as const;
    await expect(client.pictures.locate(wrong)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    // A path where an id belongs: the contract has no such field.
    const path = { kind: 'photo', source: 'source', photo: 1, sizePx: 320, file: '/etc/passwd' } as const;
    await expect(client.pictures.locate(path)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});
