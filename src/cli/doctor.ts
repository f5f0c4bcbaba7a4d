import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Command } from 'commander';
import * as z from 'zod';
import type { EngineInfo } from '../contract/engine.ts';
import { dataFolder } from '../node/data-folder.ts';
import { PROJECT_FOLDER } from '../node/processes/entry.ts';
import type { CommandContext } from './context.ts';
import { EXIT, tellError } from './failure.ts';
import { addCommonOptions, engineOf, type CommonOptions } from './settings.ts';

const HELP = `
Starts the engine and says which one runs, why not a better one and what to do about it.

Examples:
  facenet-studio doctor
  facenet-studio doctor --engine gpu
  facenet-studio doctor --json

Exit codes: 0 the engine works, 1 the engine that was asked for cannot be had, 2 wrong usage.`;

/** Files that the program cannot work without, relative to its folder. */
const RESOURCES = [
  { name: 'MTCNN weights', file: join('resources', 'models', 'mtcnn.safetensors') },
] as const;

const Package = z.object({ version: z.string() });

const readVersion = (file: string): string => Package.parse(JSON.parse(readFileSync(file, 'utf8'))).version;

const packageVersion = (name: string): string | null => {
  const places = createRequire(join(PROJECT_FOLDER, 'package.json')).resolve.paths(name) ?? [];
  const file = places
    .map((place) => join(place, name, 'package.json'))
    .find((candidate) => existsSync(candidate));
  return file === undefined ? null : readVersion(file);
};

type Findings = {
  readonly program: string;
  readonly engine: EngineInfo | null;
  readonly failure: string | null;
  readonly node: string;
  readonly sharp: string | null;
  readonly resources: readonly { readonly name: string; readonly file: string; readonly found: boolean }[];
  readonly dataFolder: string;
};

const examine = async (options: CommonOptions, context: CommandContext): Promise<Findings> => {
  const choice = engineOf(options);
  let engine: EngineInfo | null = null;
  let failure: string | null = null;
  try {
    engine = await context.withStudio((studio, lost) => studio.engine.describe({ choice }, { signal: lost }));
  } catch (error) {
    failure = tellError(error).message;
  }
  return {
    program: readVersion(join(PROJECT_FOLDER, 'package.json')),
    engine,
    failure,
    node: process.version,
    sharp: packageVersion('sharp'),
    resources: RESOURCES.map(({ name, file }) => ({
      name,
      file,
      found: existsSync(join(PROJECT_FOLDER, file)),
    })),
    dataFolder: dataFolder(process.env, process.platform),
  };
};

const textOf = ({
  program,
  engine,
  failure,
  node,
  sharp,
  resources,
  dataFolder: folder,
}: Findings): string => {
  const row = (name: string, value: string): string => `${name.padEnd(14)} ${value}`;
  const engineRows =
    engine === null
      ? [row('engine', `none: ${failure ?? 'unknown'}`)]
      : [
          row('engine', engine.backend),
          row('device', engine.device),
          row('version', engine.version),
          ...engine.libraries.map(({ name, version }) => row(name, version)),
          ...(engine.whyNotBetter === null
            ? [row('better', 'nothing better is to be had on this machine')]
            : [row('not better', engine.whyNotBetter.reason), row('what to do', engine.whyNotBetter.advice)]),
        ];
  const rows = [
    row('facenet-studio', program),
    ...engineRows,
    row('node', node),
    row('sharp', sharp ?? 'missing: run "npm run setup"'),
    ...resources.map(({ name, file, found }) => row(name, found ? file : `missing: ${file}`)),
    row('data folder', folder),
  ];
  return `${rows.join('\n')}\n`;
};

const doctor = async (options: CommonOptions, context: CommandContext): Promise<void> => {
  const findings = await examine(options, context);
  context.terminal.out(options.json ? `${JSON.stringify(findings)}\n` : textOf(findings));
  if (findings.failure !== null) context.terminal.error(`${findings.failure}\n`);
  context.exit(findings.engine === null ? EXIT.failed : EXIT.well);
};

/** Adds `doctor` to the program. */
export const registerDoctor = (program: Command, context: CommandContext): void => {
  const command = program
    .command('doctor')
    .description('Say which engine runs, why not a better one, and what to do.');
  addCommonOptions(command)
    .addHelpText('after', HELP)
    .action((options: CommonOptions) => doctor(options, context));
};
