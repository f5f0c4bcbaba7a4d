import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StudioClient } from '../contract/studio.ts';
import { processEntry } from '../node/processes/entry.ts';
import { shareProcess, type SharedProcess } from '../node/processes/share.ts';

/**
 * The plain Node that runs the service: the one that started the studio, the one that a package ships, or the one of the
 * path. Never Electron itself, see docs/decisions/0001.
 */
export const plainNode = (
  environment: Readonly<Record<string, string | undefined>>,
  resourcesPath: string,
): string => {
  const named = environment['FACENET_STUDIO_NODE'];
  if (named !== undefined && named !== '') return named;
  const shipped = join(resourcesPath, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(shipped) ? shipped : 'node';
};

/** Starts the studio service for the windows of this shell. */
export const startService = (events: {
  readonly up: () => void;
  readonly down: (reason: string, final: boolean) => void;
}): SharedProcess<StudioClient> =>
  shareProcess<StudioClient>({
    entry: processEntry('studio'),
    nodePath: plainNode(process.env, process.resourcesPath),
    onUp: events.up,
    onDown: events.down,
  });
