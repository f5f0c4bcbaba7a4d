import { describe, expect, it } from 'vitest';
import { crc32c, eventFileStart } from './event-file.ts';

describe('TensorBoard event files', () => {
  it('have the checksums of RFC 3720', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  });

  it('begin with the version, as event.proto numbers its fields', () => {
    // Field 1, float64 (0x41d9000000000000 is 1677721600), then field 3, thirteen bytes of text.
    const start = Buffer.from(eventFileStart(1677721600));
    expect(start.readBigUInt64LE(0)).toBe(24n);
    expect(start.subarray(12, 36).toString('hex')).toBe('09000000000000d9411a0d627261696e2e4576656e743a32');
  });
});
