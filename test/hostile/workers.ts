import { execFileSync } from 'node:child_process';

/** Ids of the living children of this process that run an image process, lowest first. */
export const workerIds = (entry: string): readonly number[] =>
  execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(entry))
    .map((line) => Number.parseInt(line, 10))
    .toSorted((a, b) => a - b);
