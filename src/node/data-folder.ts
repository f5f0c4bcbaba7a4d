import { homedir } from 'node:os';
import { join } from 'node:path';

const NAME = 'facenet-studio';

/** The folder for the program's own data: `FACENET_STUDIO_HOME`, or where the platform keeps such data. */
export const dataFolder = (environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string => {
  const named = environment['FACENET_STUDIO_HOME'];
  if (named !== undefined && named !== '') return named;
  if (platform === 'win32')
    return join(environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), NAME);
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', NAME);
  const data = environment['XDG_DATA_HOME'];
  return join(data !== undefined && data !== '' ? data : join(homedir(), '.local', 'share'), NAME);
};
