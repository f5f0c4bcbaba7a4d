import { mkdir, open } from 'node:fs/promises';
import { systemCode } from './system-code.ts';

/** Makes a folder and those above it; nothing when it is there. */
export const makeFolder = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
};

/** Makes the names in a folder durable. Systems that cannot sync a folder are left alone. */
export const syncFolder = async (folder: string): Promise<void> => {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    // Windows refuses to open a folder; its renames are journalled.
    if (!['EISDIR', 'EPERM', 'EINVAL'].includes(systemCode(error) ?? '')) throw error;
  }
};
