import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { keyOf, type PathKey } from '../../src/studio/watch/paths.ts';
import type { WatchTiming } from '../../src/studio/watch/schedule.ts';
import { buildPrograms } from '../support/build-programs.ts';

const Report = z.object({ told: z.array(z.string()), watches: z.number(), megabytes: z.number() });
export type Report = z.infer<typeof Report> & { readonly keys: readonly PathKey[] };

export type Watching = {
  /** Blocks the program's event loop until there is a file; resolves when it has begun. */
  blockUntil(file: string): Promise<void>;
  /** Runs a command in the program's own namespaces. */
  run(...command: string[]): Promise<void>;
  report(): Promise<Report>;
  close(): Promise<void>;
};

export type WatchingProgram = {
  /**
   * Starts it on a folder.
   * @param shell commands of a shell that go before, in a user namespace of its own where `isApart`
   */
  start(
    root: string,
    options?: { readonly timing?: Partial<WatchTiming>; readonly shell?: string; readonly isApart?: boolean },
  ): Watching;
  remove(): Promise<void>;
};

/** Why a command cannot be run in a namespace of its own here; null when it can. */
export const whyNotApart = (shell: string): string | null => {
  const { status, stderr, error } = spawnSync('unshare', ['-Urm', 'sh', '-c', shell], { encoding: 'utf8' });
  return status === 0 ? null : `unshare -Urm is not possible here: ${error?.message ?? stderr.trim()}`;
};

/** Builds the program from the sources under test. */
export const buildWatchingProgram = async (): Promise<WatchingProgram> => {
  const built = await buildPrograms({ watching: 'test/watch/watching-program.ts' });
  return {
    start(root, { timing = {}, shell = ':', isApart = false } = {}) {
      const command = [
        'sh',
        '-c',
        `${shell} && exec "$@"`,
        'sh',
        process.execPath,
        built.program('watching'),
      ];
      const [program = '', ...args] = isApart ? ['unshare', '-Urm', ...command] : command;
      const child = spawn(program, [...args, JSON.stringify({ root, timing })], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      const ask = async (message: object): Promise<string> => {
        const answer = once(child, 'message');
        child.send(message);
        return String((await answer)[0]);
      };
      return {
        async blockUntil(untilFile) {
          await ask({ do: 'block', untilFile });
        },
        async run(...parts) {
          await ask({ do: 'run', command: parts });
        },
        async report() {
          const file = join(built.folder, `${String(child.pid)}.keys`);
          const report = Report.parse(JSON.parse(await ask({ do: 'report', file })));
          const text = keyOf(await readFile(file));
          return { ...report, keys: text === '' ? [] : text.split('\0') };
        },
        async close() {
          if (child.exitCode !== null) return;
          const ended = once(child, 'exit');
          child.send({ do: 'close' });
          await ended;
        },
      };
    },
    remove: () => built.remove(),
  };
};
