import './setup/node-version.mjs';
import { PROJECT } from './setup/project.mjs';
import { createReport } from './setup/report.mjs';
import { setUpOrExit } from './setup/set-up.mjs';

const report = createReport();
await setUpOrExit(PROJECT, report, { retry: true });
report.note('Everything is set up.');
