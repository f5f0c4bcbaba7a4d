#!/usr/bin/env node
import './setup/node-version.mjs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROJECT } from './setup/project.mjs';
import { createReport } from './setup/report.mjs';
import { setUpOrExit } from './setup/set-up.mjs';

await setUpOrExit(PROJECT, createReport(), { retry: false });
await import(pathToFileURL(join(PROJECT, 'out', 'main', 'cli.js')).href);
