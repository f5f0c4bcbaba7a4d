/**
 * The command line with everything behind it in one process but the image process, which starts in a fifth of the time: service,
 * engine router, photo queue and cropping are the product's; only the networks are missing (`plain-detector.ts`).
 */
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { main } from '../../../src/cli/main.ts';
import type { EngineClient } from '../../../src/contract/engine.ts';
import type { StudioClient } from '../../../src/contract/studio.ts';
import { createRouter } from '../../../src/engine/router.ts';
import { dataFolder } from '../../../src/node/data-folder.ts';
import { createImagePool } from '../../../src/node/images/pool.ts';
import type { ConnectEngine } from '../../../src/studio/engine/connection.ts';
import { createService } from '../../../src/studio/service.ts';
import { linkInProcess } from './in-process.ts';
import { plainDetector } from './plain-detector.ts';

const WORKERS = 1;

const report = (error: unknown): void => {
  console.error(error);
};
const pool = createImagePool({ workers: WORKERS, entry: join(import.meta.dirname, 'image-worker.mjs') });
const engine = createRouter(async () => ({
  info: { backend: 'wasm', device: 'CPU', version: '0', libraries: [], whyNotBetter: null },
  detector: plainDetector(),
  embedders: { acquire: () => Promise.reject(new Error('This engine has no models.')) },
  pool,
  workers: WORKERS,
}));
const connectEngine: ConnectEngine = (_options, events) => {
  events.onUp();
  return { client: createORPCClient<EngineClient>(linkInProcess(engine, report)), stop: () => pool.close() };
};
const { router: service } = createService({
  home: dataFolder(process.env, process.platform),
  roots: [],
  connectEngine,
  report,
});

await main(process.argv.slice(2), {
  terminal: {
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
    isErrorTerminal: false,
  },
  now: Date.now,
  withStudio: (work) =>
    work(createORPCClient<StudioClient>(linkInProcess(service, report)), new AbortController().signal),
  onInterrupt: () => () => undefined,
  exit(code) {
    process.exitCode = code;
  },
});
await pool.close();
