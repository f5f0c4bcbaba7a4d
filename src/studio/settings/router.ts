import { implement } from '@orpc/server';
import { settingsContract } from '../../contract/settings.ts';
import { follow } from '../streams.ts';
import type { Studio } from '../studio.ts';

const SPACING_MS = 50;

/** Implements what the contract says of settings. */
export const createSettingsRouter = ({ settings, home, pictures }: Studio) => {
  const os = implement(settingsContract);
  return os.router({
    watch: os.watch.handler(async function* ({ signal }) {
      yield* follow(settings.changes, settings.current, { spacingMs: SPACING_MS, signal });
    }),
    change: os.change.handler(({ input }) => settings.change(input)),
    adopt: os.adopt.handler(({ input }) => settings.adopt(input.older)),
    folders: os.folders.handler(async () => ({
      data: home,
      settings: settings.file,
      crops: settings.cropsFolder(),
      pictures: await pictures.cached(),
    })),
  });
};
