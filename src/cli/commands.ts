import type { Command } from 'commander';
import { registerAlign } from './align.ts';
import { registerClean } from './cleaning/clean.ts';
import { registerFilter, registerFilterMetrics } from './cleaning/filter.ts';
import { registerCluster } from './clustering/cluster.ts';
import type { CommandContext } from './context.ts';
import { registerCompare } from './compare.ts';
import { registerDetect } from './detect.ts';
import { registerDoctor } from './doctor.ts';
import { registerEmbed, registerExportEmbeddings } from './embed.ts';
import { registerModels } from './models.ts';
import { registerBackup, registerRestore, registerVerify } from './workspace/care.ts';
import {
  registerMark,
  registerMerge,
  registerMove,
  registerRemove,
  registerRename,
  registerSplit,
} from './workspace/edit.ts';
import { registerDecisions } from './workspace/decisions.ts';
import { registerExport } from './workspace/export.ts';
import { registerHistory, registerUndo } from './workspace/history.ts';
import { registerNoise } from './workspace/noise.ts';
import { registerPurge } from './workspace/purge.ts';
import { registerList, registerStatus } from './workspace/look.ts';
import { registerAdd, registerInit, registerScan } from './workspace/sources.ts';
import { registerOverlap } from './overlap.ts';
import { registerPairs } from './pairs.ts';
import { registerValidate } from './validate.ts';
import { registerTrain } from './train/train.ts';
import { registerFreeze, registerResume, registerRuns } from './train/runs.ts';
import { serveCommand } from './serve/command.ts';

/** Adds one command to the program. */
export type RegisterCommand = (program: Command, context: CommandContext) => void;

const registerServe: RegisterCommand = (program) => {
  program.addCommand(serveCommand().copyInheritedSettings(program));
};

/** Every command, in the order of the help. */
export const COMMANDS: readonly RegisterCommand[] = [
  registerInit,
  registerAdd,
  registerRemove,
  registerScan,
  registerAlign,
  registerStatus,
  registerList,
  registerMark,
  registerMove,
  registerRename,
  registerMerge,
  registerSplit,
  registerUndo,
  registerHistory,
  registerNoise,
  registerExport,
  registerDecisions,
  registerVerify,
  registerBackup,
  registerRestore,
  registerPurge,
  registerClean,
  registerFilterMetrics,
  registerFilter,
  registerCluster,
  registerTrain,
  registerRuns,
  registerResume,
  registerFreeze,
  registerDetect,
  registerEmbed,
  registerCompare,
  registerExportEmbeddings,
  registerModels,
  registerValidate,
  registerPairs,
  registerOverlap,
  registerDoctor,
  registerServe,
];
