import { readFileSync } from 'node:fs';
import { systemCode } from '../files/system-code.ts';

/** Fields of proc(5) `stat`, counted from behind the name. */
const STATE_FIELD = 0;
const START_FIELD = 19;

const processFields = (pid: number): readonly string[] | null => {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    // No such process, or a system without /proc.
    return null;
  }
};

/** When a process started, in the system's ticks: a later process may get the same number. null where that cannot be told. */
export const startTicksOf = (pid: number): string | null => processFields(pid)?.[START_FIELD] ?? null;

/** Whether a process is at work. One that has ended is not, even while its parent has not taken note of it. */
export const isRunning = (pid: number): boolean => {
  if (processFields(pid)?.[STATE_FIELD] === 'Z') return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
};
