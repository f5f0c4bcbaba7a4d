import { closeSync, openSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { leaveAt, openExchange, type Exchange } from './exchange.ts';

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
  expect([...new Uint8Array(opened.read(places[0], 3))]).toEqual([1, 2, 3]);
  expect(new Uint8Array(opened.read(places[1], 4 * MEGABYTE)).every((value) => value === 7)).toBe(true);
});

test('a place that was given back is used again, so that memory stays bounded', (context) => {
  opened = openExchange();
  if (opened === null) return context.skip('needs a memory disk');
  const first = opened.take();
  opened.giveBack(first);
  expect(opened.take()).toBe(first);
  expect(opened.take()).not.toBe(first);
});

test('a payload larger than a place is left to the pipe, and a lie about its size is refused', (context) => {
  opened = openExchange();
  if (opened === null) return context.skip('needs a memory disk');
  const exchange = opened;
  const place = exchange.take();
  expect(leaveAt(exchange.descriptor, place, [new Uint8Array(4 * MEGABYTE), Uint8Array.of(1)])).toBeNull();
  expect(() => exchange.read(place, 5 * MEGABYTE)).toThrow('larger than its place');
  expect(() => exchange.read(exchange.take() + 64 * MEGABYTE, 1)).toThrow('lacks bytes');
});

test.skipIf(process.platform !== 'linux')('a full memory disk leaves a payload to the pipe', () => {
  const full = openSync('/dev/full', 'r+');
  try {
    expect(leaveAt(full, 0, [Uint8Array.of(1)])).toBeNull();
  } finally {
    closeSync(full);
  }
});
