import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { engineEnvironment, readEngineRecord } from './engine-record.ts';

describe('the record of the native engine', () => {
  it('is read as setup writes it, and is nothing when missing or damaged', () => {
    const folder = mkdtempSync(join(tmpdir(), 'facenet-studio-'));
    const file = join(folder, 'native-engine.json');
    expect(readEngineRecord(file)).toBeNull();
    writeFileSync(file, '{"schema":');
    expect(readEngineRecord(file)).toBeNull();
    const record = {
      schema: 1,
      outcome: 'installed',
      reason: null,
      advice: null,
      variant: 'gpu',
      version: '2.21.0',
      libraryPath: ['/cache/cuda'],
      whyNoGpu: null,
      manifest: 'f',
    };
    writeFileSync(file, JSON.stringify(record));
    expect(readEngineRecord(file)).toMatchObject({ outcome: 'installed', libraryPath: ['/cache/cuda'] });
    rmSync(folder, { recursive: true });
  });

  it("puts CUDA's libraries before what the user has, and nothing where there are none", () => {
    expect(engineEnvironment({ libraryPath: ['/cache/cuda'] }, { LD_LIBRARY_PATH: '/own' })).toEqual({
      LD_LIBRARY_PATH: '/cache/cuda:/own',
    });
    expect(engineEnvironment({ libraryPath: [] }, { LD_LIBRARY_PATH: '/own' })).toEqual({});
    expect(engineEnvironment(null, {})).toEqual({});
  });
});
