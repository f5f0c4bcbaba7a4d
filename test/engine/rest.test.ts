import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { processEntry } from '../../src/node/processes/entry.ts';
import { engineConnector } from '../../src/studio/engine/connection.ts';
import { createEngineHost, type EngineHost } from '../../src/studio/engine/host.ts';
import { workerIds } from '../hostile/workers.ts';

const OPTIONS = { choice: 'wasm', gpuMemoryFraction: 1 } as const;
const REST_AFTER_MS = 300;

let host: EngineHost | null = null;
afterEach(() => host?.stop());

const engines = (): number => workerIds(processEntry('engine')).length;

test('an engine that nobody uses gives its memory back, is still told of, and starts again when it is needed', async () => {
  const before = engines();
  host = createEngineHost(engineConnector(), undefined, REST_AFTER_MS);
  const first = await host.acquire(OPTIONS);
  const second = await host.acquire(OPTIONS);
  first.release();
  await delay(3 * REST_AFTER_MS);
  expect(engines()).toBe(before + 1);
  second.release();
  await expect.poll(engines, { timeout: 10_000 }).toBe(before);
  expect(host.state()).toMatchObject({ state: 'ready', info: { backend: 'wasm' } });
  const again = await host.acquire(OPTIONS);
  expect(await again.client.stages({})).toMatchObject({ pnet: 0 });
  again.release();
});
