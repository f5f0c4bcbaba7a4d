import { isAbsolute, join } from 'node:path';
import { Settings, type SettingsChange } from '../../contract/settings.ts';
import { createTurns } from '../../core/jobs/turns.ts';
import { DEFAULT_SETTINGS } from '../../core/settings/defaults.ts';
import { makeFolder } from '../../node/files/folders.ts';
import type { EngineOptions } from '../engine/connection.ts';
import { unusable, writeFailure } from '../failure.ts';
import { createSignal, type Signal } from '../streams.ts';
import { parseOlder, readSettings, writeSettings } from './settings-file.ts';

/** Any share below 1 has TensorFlow take the memory of the GPU as it is needed. */
const SHARE_AS_NEEDED = 0.5;

/** The settings, as they are now and how to change them. */
export type ProgramSettings = {
  readonly file: string;
  readonly changes: Signal;
  readonly current: () => Settings;
  /** What an engine is started with where nobody asked for another one. */
  readonly engine: () => EngineOptions;
  /** Folder for the crops of folders that are opened by themselves. */
  readonly cropsFolder: () => string;
  /** Changes what is named, durably. @throws UNUSABLE for a folder that cannot be used */
  change(change: SettingsChange): Promise<Settings>;
  /** Takes over what a window kept before there were settings; nothing when there are. @throws UNUSABLE for any other text */
  adopt(older: string): Promise<Settings>;
};

const checkFolder = async (folder: string): Promise<void> => {
  if (!isAbsolute(folder)) throw unusable(`${folder} is no full path: begin with the drive or with /.`);
  try {
    await makeFolder(folder);
  } catch (error) {
    throw writeFailure(error, folder);
  }
};

/** The settings that are kept in the program's data folder. @throws when their file cannot be read at all */
export const createSettings = (home: string, report: (error: unknown) => void): ProgramSettings => {
  const file = join(home, 'settings.json');
  const changes = createSignal();
  const inTurn = createTurns(1);
  let known = readSettings(file, report);
  const current = (): Settings => known ?? DEFAULT_SETTINGS;
  const put = async (settings: Settings): Promise<Settings> => {
    await makeFolder(home);
    await writeSettings(file, settings);
    known = settings;
    changes.notify();
    return settings;
  };
  return {
    file,
    changes,
    current,
    engine() {
      const { engine, gpuMemory, photoMemoryMebibytes } = current();
      return {
        choice: engine,
        gpuMemoryFraction: gpuMemory === 'whole' ? 1 : SHARE_AS_NEEDED,
        photoMemoryMebibytes,
      };
    },
    cropsFolder: () => current().cropsFolder ?? join(home, 'aligned'),
    change: (change) =>
      inTurn(async () => {
        if (typeof change.cropsFolder === 'string') await checkFolder(change.cropsFolder);
        return put(Settings.parse({ ...current(), ...change }));
      }),
    adopt: (older) =>
      inTurn(async () => {
        if (known !== null) return known;
        let adopted: Settings;
        try {
          adopted = parseOlder(older);
        } catch {
          throw unusable('What the window kept before cannot be read: its settings begin anew.');
        }
        return put(adopted);
      }),
  };
};
