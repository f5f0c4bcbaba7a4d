import { spawn } from 'node:child_process';

const START_TIMEOUT_MS = 15_000;

/**
 * A display for windows: the one of this session, or an Xvfb of our own. The caller calls `end`.
 * @returns {Promise<{ display: string | undefined, end(): void } | { reason: string }>}
 */
export const openDisplay = async () => {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  const present = [DISPLAY, WAYLAND_DISPLAY].some((name) => name !== undefined && name !== '');
  if (process.platform !== 'linux' || present) return { display: DISPLAY, end: () => undefined };
  const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const end = () => {
    server.kill('SIGTERM');
  };
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      end();
      resolve({ reason: 'Xvfb did not start' });
    }, START_TIMEOUT_MS);
    server.on('error', () => {
      clearTimeout(timer);
      resolve({ reason: 'there is neither a display nor Xvfb' });
    });
    server.stdout.on('data', (/** @type {Buffer} */ chunk) => {
      clearTimeout(timer);
      resolve({ display: `:${String(chunk).trim()}`, end });
    });
  });
};
