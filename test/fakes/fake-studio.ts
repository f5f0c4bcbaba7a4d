/** The studio service as it is, with the fake engine that lies beside this file. */
import { join } from 'node:path';
import { dataFolder } from '../../src/node/data-folder.ts';
import { serveParent } from '../../src/node/processes/serve.ts';
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
  }),
  report,
);
