/** The studio service: plain Node, forked by the window's main process, by `serve` and by the command line. */
import { parseArgs } from 'node:util';
import { serveParent } from '../node/processes/serve.ts';
import { engineConnector } from './engine/connection.ts';
import { dataFolder } from '../node/data-folder.ts';
import { createService } from './service.ts';

const report = (error: unknown): void => {
  console.error(error);
};
const { values } = parseArgs({ options: { root: { type: 'string', multiple: true, default: [] } } });

serveParent(
  createService({
    home: dataFolder(process.env, process.platform),
    roots: values.root,
    connectEngine: engineConnector(),
    report,
  }),
  report,
);
