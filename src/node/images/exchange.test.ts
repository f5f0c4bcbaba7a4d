import { closeSync, fstatSync, openSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { leaveAt, openExchange, type Exchange } from './exchange.ts';
import type { Payload } from './payload.ts';

const read = (payload: Payload): Uint8Array => {
  const bytes = new Uint8Array(payload.bytes);
  payload.copyTo(bytes, 0);
  payload.release();
  return bytes;
};

const MEGABYTE = 1024 * 1024;

let opened: Exchange | null = null;
afterEach(() => {
  opened?.close();
  opened = null;
});

test('what is left at a place is what is read there, whatever lies at the others', (context) => {
  opened = openExchange();
  if (opened === null) return context.skip('needs a memory disk');
  const places = [opened.take(), opened.take()] as const;
  expect(leaveAt(opened.descriptor, places[0], [Uint8Array.of(1, 2), Uint8Array.of(3)])).toBe(3);
  expect(leaveAt(opened.descriptor, places[1], [new Uint8Array(4 * MEGABYTE).fill(7)])).toBe(4 * MEGABYTE);
  expect([...read(opened.payloadAt(places[0], 3))]).toEqual([1, 2, 3]);
  expect(read(opened.payloadAt(places[1], 4 * MEGABYTE)).every((value) => value === 7)).toBe(true);
});

test('a place that was given back is used again, so that memory stays bounded', (context) => {
  opened = openExchange();
  if (opened === null) return context.skip('needs a memory disk');
  const first = opened.take();
  opened.giveBack(first);
  expect(opened.take()).toBe(first);
  expect(opened.take()).not.toBe(first);
});

test('a place is not used again while its payload is needed, and the file stays open for it', (context) => {
  opened = openExchange();
  if (opened === null) return context.skip('needs a memory disk');
  const exchange = opened;
  opened = null;
  const place = exchange.take();
  leaveAt(exchange.descriptor, place, [Uint8Array.of(9)]);
  const payload = exchange.payloadAt(place, 1);
  const other = exchange.take();
  expect(other).not.toBe(place);
  exchange.closeWhenUnused();
  // The process is gone; what it left is still wanted.
  expect([...read(payload)]).toEqual([9]);
  payload.release();
  expect(() => fstatSync(exchange.descriptor)).toThrow('EBADF');
});

test('a payload larger than a place is left to the pipe, and a lie about its size is refused', (context) => {
  opened = openExchange();
  if (opened === null) return context.skip('needs a memory disk');
  const exchange = opened;
  const place = exchange.take();
  expect(leaveAt(exchange.descriptor, place, [new Uint8Array(4 * MEGABYTE), Uint8Array.of(1)])).toBeNull();
  expect(() => exchange.payloadAt(place, 5 * MEGABYTE)).toThrow('larger than its place');
  expect(() => exchange.payloadAt(exchange.take() + 64 * MEGABYTE, 1)).toThrow('lacks bytes');
});

test.skipIf(process.platform !== 'linux')('a full memory disk leaves a payload to the pipe', () => {
  const full = openSync('/dev/full', 'r+');
  try {
    expect(leaveAt(full, 0, [Uint8Array.of(1)])).toBeNull();
  } finally {
    closeSync(full);
  }
});
