import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

export type Ended = { readonly code: number | null; readonly out: string; readonly error: string };
export type Started = {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Kills the program and everything that it started, at once. */
  killAll(): void;
  signal(name: NodeJS.Signals): void;
};

/** Starts a command line in a process group of its own. */
export const start = (
  cli: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Started => {
  const child = spawn(process.execPath, [cli, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error('The command line could not be started.');
  const out: Buffer[] = [];
  const error: Buffer[] = [];
  child.stdout.on('data', (data: Buffer) => out.push(data));
  child.stderr.on('data', (data: Buffer) => error.push(data));
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => {
      resolve({ code, out: Buffer.concat(out).toString(), error: Buffer.concat(error).toString() });
    });
  });
  return {
    pid,
    ended,
    killAll() {
      // A negative number names the group.
      process.kill(-pid, 'SIGKILL');
    },
    signal: (name) => child.kill(name),
  };
};

/** Runs a command line to its end. */
export const run = (
  cli: string,
  args: readonly string[],
  environment?: Readonly<Record<string, string>>,
): Promise<Ended> => start(cli, args, environment).ended;

/** Names, kinds and contents of everything in a folder, hidden state left out, as text that compares well. */
export const digestOf = async (folder: string): Promise<readonly string[]> => {
  const lines: string[] = [];
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    if (name.startsWith('.facenet-studio')) continue;
    const path = join(folder, name);
    const found = await lstat(path);
    if (found.isSymbolicLink()) lines.push(`${name} -> ${await readlink(path)}`);
    else if (found.isDirectory()) lines.push(`${name}/`);
    else if (found.isFile())
      lines.push(
        `${name} ${createHash('sha256')
          .update(await readFile(path))
          .digest('hex')}`,
      );
    else lines.push(`${name} other`);
  }
  return lines;
};
