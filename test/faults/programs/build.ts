import { buildPrograms } from '../../support/build-programs.ts';

export type FaultPrograms = {
  /** The command line in one process, with the image process that lies beside it. */
  readonly commandLine: string;
  /** The same, which does nothing where the folder that is named first is there. */
  readonly exportOnce: string;
  /** Opens a folder with the studio service of the build. */
  readonly openFolder: string;
  /** Edits a workspace, and says after each step what it did. */
  readonly editor: string;
  remove(): Promise<void>;
};

/** Builds the programs of this folder. Their packages come with them, native ones apart: that halves the time to start. */
export const buildFaultPrograms = async (): Promise<FaultPrograms> => {
  const built = await buildPrograms(
    {
      'command-line': 'test/faults/programs/command-line.ts',
      'export-once': 'test/faults/programs/export-once.ts',
      'open-folder': 'test/faults/programs/open-folder.ts',
      editor: 'test/faults/programs/editor.ts',
      'image-worker': 'src/node/images/worker.ts',
    },
    { noExternal: true, external: ['sharp', '@photostructure/sqlite'] },
  );
  return {
    commandLine: built.program('command-line'),
    exportOnce: built.program('export-once'),
    openFolder: built.program('open-folder'),
    editor: built.program('editor'),
    remove: () => built.remove(),
  };
};
