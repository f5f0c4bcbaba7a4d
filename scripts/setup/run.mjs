import { spawn } from 'node:child_process';

/** How much of a program's output is kept to tell why it failed. */
const KEPT_CHARACTERS = 20_000;

/**
 * @typedef {object} RunResult
 * @property {'ended' | 'missing' | 'timed-out'} outcome `missing` when there is no such program
 * @property {number | null} code exit code; null when it was ended by a signal
 * @property {NodeJS.Signals | null} signal
 * @property {string} output the last of stdout and stderr together
 */

/**
 * Runs a program without a shell and keeps the end of what it says.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, environment?: Record<string, string | undefined>, timeoutMs?: number }} [options]
 * @returns {Promise<RunResult>}
 */
export const run = (command, args, options = {}) =>
  new Promise((resolve) => {
    let output = '';
    let timedOut = false;
    const child = spawn(command, [...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (/** @type {Buffer} */ chunk) => {
      output = (output + String(chunk)).slice(-KEPT_CHARACTERS);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            child.kill('SIGKILL');
          }, options.timeoutMs);
    child.on('error', (error) => {
      clearTimeout(timer);
      const missing = 'code' in error && error.code === 'ENOENT';
      resolve({ outcome: missing ? 'missing' : 'ended', code: 1, signal: null, output: error.message });
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ outcome: timedOut ? 'timed-out' : 'ended', code, signal, output });
    });
  });

/**
 * True when the program ran and ended well.
 * @param {RunResult} result
 */
export const succeeded = (result) => result.outcome === 'ended' && result.code === 0;

/**
 * The line of a failed program's output that tells most: its last one (or first one) that speaks of an error.
 * @param {RunResult} result
 * @param {'first' | 'last'} [which]
 */
export const tellingLine = (result, which = 'last') => {
  const lines = result.output
    .split('\n')
    .map((line) => line.trim().replace(/^(npm error|npm ERR!|ERROR:|gyp ERR!) /, ''))
    .filter((line) => line !== '' && !line.includes('A complete log of this run'));
  const errors = lines.filter((line) => /error|cannot|could not|no such|not found/i.test(line));
  const line = (which === 'first' ? errors[0] : errors.at(-1)) ?? lines.at(-1) ?? 'it said nothing';
  return line.replace(/\.$/, '');
};
