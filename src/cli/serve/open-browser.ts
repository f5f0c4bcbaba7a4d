import { spawn } from 'node:child_process';

/** The program that opens an address in the default browser of a system. */
export const browserCommand = (platform: string): readonly [string, ...string[]] => {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return ['xdg-open'];
};

/** True where a browser window can be shown. */
export const hasDisplay = (
  platform: string,
  environment: Readonly<Record<string, string | undefined>>,
): boolean =>
  platform !== 'linux' ||
  [environment['DISPLAY'], environment['WAYLAND_DISPLAY']].some((name) => name !== undefined && name !== '');

/** Opens an address in the default browser; `failed` is called when that cannot be done. Does not wait for the browser. */
export const openBrowser = (url: string, platform: string, failed: () => void): void => {
  const [command, ...args] = browserCommand(platform);
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', failed);
  child.on('exit', (code) => {
    if (code !== 0) failed();
  });
  child.unref();
};
