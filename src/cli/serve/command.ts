import { realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { StudioClient } from '../../contract/studio.ts';
import { processEntry, PROJECT_FOLDER } from '../../node/processes/entry.ts';
import { shareProcess } from '../../node/processes/share.ts';
import { listWindowFiles } from '../../node/processes/window-files.ts';
import { hasDisplay, openBrowser } from './open-browser.ts';
import { startBrowserShell, type BrowserShell } from './server.ts';

const MOST_PORT = 65_535;

type Options = {
  readonly port: number;
  readonly root: readonly string[];
  readonly open: boolean;
  readonly json: boolean;
};

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

const parsePort = (text: string): number => {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= MOST_PORT) return port;
  throw new InvalidArgumentError(`A port is a whole number from 0 to ${String(MOST_PORT)}.`);
};

const parseRoot = (text: string, before: readonly string[]): readonly string[] => {
  const folder = resolve(text);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new InvalidArgumentError(`There is no folder ${folder}.`);
  }
  return [...before, realpathSync(folder)];
};

const announce = (shell: BrowserShell, options: Options, roots: readonly string[]): void => {
  if (options.json) process.stdout.write(`${JSON.stringify({ url: shell.url, port: shell.port, roots })}\n`);
  else process.stdout.write(`FaceNet Studio: ${shell.url}\n`);
  say(`The link works once. Folders are limited to ${roots.join(', ')}. Ctrl+C ends the studio.`);
  if (!options.open) return;
  const byHand = (): void => {
    say('Open the link above in a browser on this machine.');
  };
  if (hasDisplay(process.platform, process.env)) openBrowser(shell.url, process.platform, byHand);
  else byHand();
};

/** Serves until it is told to end; sets the exit code 1 when the port is taken or the service goes for good. */
const serve = async (options: Options): Promise<void> => {
  const roots = options.root.length > 0 ? options.root : [realpathSync(homedir())];
  let end: (problem: string | null) => void = () => undefined;
  const ending = new Promise<string | null>((resolveEnding) => (end = resolveEnding));
  const service = shareProcess<StudioClient>({
    entry: processEntry('studio'),
    arguments: roots.map((root) => `--root=${root}`),
    onDown(reason, final) {
      if (final) end(`The studio service stopped and did not come back. ${reason}`);
      else say(`The studio service went down and is started again. ${reason}`);
    },
  });
  process.once('SIGINT', () => {
    end(null);
  });
  process.once('SIGTERM', () => {
    end(null);
  });
  try {
    const files = listWindowFiles(join(PROJECT_FOLDER, 'out', 'renderer'));
    const shell = await startBrowserShell({ port: options.port, service, files, report: say });
    announce(shell, options, roots);
    const problem = await ending;
    if (problem !== null) {
      say(problem);
      process.exitCode = 1;
    }
    await shell.close();
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!isTaken) throw error;
    say(`Port ${String(options.port)} is taken. Choose another one with --port, or 0 for a free one.`);
    process.exitCode = 1;
  } finally {
    await service.process.stop();
  }
};

/** `facenet-studio serve`: the studio in a browser on this machine, or through a tunnel that keeps the port. */
export const serveCommand = (): Command =>
  new Command('serve')
    .description('Serve the studio to a browser on this machine.')
    .option('--port <number>', 'port to listen on; 0 takes a free one', parsePort, 0)
    .option(
      '--root <folder>',
      'a folder under which photos may be chosen; repeatable (default: your home)',
      parseRoot,
      [],
    )
    .option('--open', 'open the default browser', false)
    .option('--json', 'print the address as one JSON document', false)
    .addHelpText(
      'after',
      '\nThrough a tunnel the port must be the same at both ends: ssh -L 7000:127.0.0.1:7000 host',
    )
    .action(async (options: Options) => {
      await serve(options);
    });
