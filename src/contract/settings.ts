import { eventIterator } from '@orpc/contract';
import * as z from 'zod';
import { MEMORY_LIMITS } from '../core/settings/limits.ts';
import { EngineChoice } from './engine.ts';
import { procedure } from './procedure.ts';

const mebibytes = ({ least, most }: { readonly least: number; readonly most: number }): z.ZodInt =>
  z.int().min(least).max(most);

/** What somebody chose for the studio as a whole, in whichever window. */
export const Settings = z.strictObject({
  engine: EngineChoice,
  /** Whether TensorFlow takes all memory of the GPU at once, or what it needs, so that other programs have room. */
  gpuMemory: z.enum(['whole', 'as-needed']),
  photoMemoryMebibytes: mebibytes(MEMORY_LIMITS.photoMemoryMebibytes),
  pictureCacheMebibytes: mebibytes(MEMORY_LIMITS.pictureCacheMebibytes),
  /** Folder for the crops of folders that are opened by themselves; null: one in the program's data folder. */
  cropsFolder: z.string().min(1).nullable(),
  /** Tells of the end of a long job while nobody looks at the window. */
  notifies: z.boolean(),
  /** A focus ring in two colours that stands out against everything. */
  strongFocus: z.boolean(),
  /** Keys of commands by their ids, where they differ from those that the program has; null takes a command's keys away. */
  keys: z.record(z.string().max(100), z.string().max(40).nullable()),
  /** How the last window was left: its theme, its panes, its screen. What is in it is the window's own business. */
  window: z.record(z.string().max(100), z.json()),
});
export type Settings = z.infer<typeof Settings>;

export const SettingsChange = Settings.partial();
export type SettingsChange = z.infer<typeof SettingsChange>;

/** Where the program keeps what is its own. */
export const ProgramFolders = z.strictObject({
  data: z.string(),
  settings: z.string(),
  crops: z.string(),
  pictures: z.strictObject({ folder: z.string(), bytes: z.int() }),
});
export type ProgramFolders = z.infer<typeof ProgramFolders>;

/** The settings, kept by the service for all windows and from one start to the next. */
export const settingsContract = {
  /** The settings at once, then after each change. */
  watch: procedure.input(z.strictObject({})).output(eventIterator(Settings)),
  /** Changes what is named; the rest stays. */
  change: procedure.input(SettingsChange).output(Settings),
  /**
   * Takes over what a window itself kept before there were settings (the text of its storage); only while nothing was
   * ever changed here.
   */
  adopt: procedure.input(z.strictObject({ older: z.string().max(100_000) })).output(Settings),
  folders: procedure.input(z.strictObject({})).output(ProgramFolders),
};
