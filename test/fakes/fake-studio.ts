/**
 * The studio service as it is, with the fake engine that lies beside this file. With `FAKE_HOST` it takes its machine for another one,
 * and others for dead after two seconds.
 */
import { join } from 'node:path';
import { dataFolder } from '../../src/node/data-folder.ts';
import { serveParent } from '../../src/node/processes/serve.ts';
import { createOwners } from '../../src/studio/align/owner.ts';
import { engineConnector } from '../../src/studio/engine/connection.ts';
import { createService } from '../../src/studio/service.ts';

const report = (error: unknown): void => {
  console.error(error);
};
process.on('SIGINT', () => undefined);
serveParent(
  createService({
    home: dataFolder(process.env, process.platform),
    roots: process.argv
      .filter((argument) => argument.startsWith('--root='))
      .map((argument) => argument.slice('--root='.length)),
    connectEngine: engineConnector(join(import.meta.dirname, 'fake-engine.mjs')),
    report,
    ...(process.env['FAKE_HOST'] === undefined
      ? {}
      : { owners: createOwners(process.env['FAKE_HOST'], { beatEveryMs: 100, deadAfterMs: 2000 }) }),
  }),
  report,
);
