import type { EngineChoice, EngineClient } from '../../contract/engine.ts';
import { connectProcess } from '../../node/processes/connect.ts';
import { engineEnvironment, readEngineRecord } from '../../node/processes/engine-record.ts';
import { processEntry } from '../../node/processes/entry.ts';

/** What an engine process is started with; another choice needs another process. */
export type EngineOptions = {
  readonly choice: EngineChoice;
  readonly gpuMemoryFraction: number;
  /** Decoded pixels that it holds before it opens no further photo; left out: as many as it likes best. */
  readonly photoMemoryMebibytes?: number;
  /** How many cores the networks take: `half` leaves the others to decoding, which aligning needs; left out: half. */
  readonly networkCores?: 'half' | 'all';
};

/** What is started where nobody chose. */
export const AUTO_ENGINE: EngineOptions = { choice: 'auto', gpuMemoryFraction: 1 };

export type EngineEvents = {
  readonly onUp: () => void;
  /** `final` when it will not be started again. */
  readonly onDown: (reason: string, final: boolean) => void;
};

export type EngineConnection = { readonly client: EngineClient; stop(): Promise<void> };
export type ConnectEngine = (options: EngineOptions, events: EngineEvents) => EngineConnection;

/**
 * V8 counts the buffers that come and go with every batch against a heap that is itself only 15 MB, and would collect all of it again and
 * again for them. With 512 MB what is not needed piles up to 400 MB before it is collected, and nothing becomes faster (decision 0013).
 */
const ENGINE_NODE_ARGUMENTS = ['--initial-heap-size=96'];

/** What TensorFlow writes at every start, of no use to anybody here; its errors stay. */
const isChatter = (line: string): boolean =>
  line.trim() === '' ||
  /^WARNING: All log messages before absl|^[IW]\d{4} |^\d{4}-\d\d-\d\d .*: [IW] /.test(line);

/** Starts engine processes from a file of the build; its own unless another is named. */
export const engineConnector =
  (entry: string = processEntry('engine')): ConnectEngine =>
  ({ choice, gpuMemoryFraction, photoMemoryMebibytes, networkCores = 'half' }, events) => {
    const environment = engineEnvironment(readEngineRecord(), process.env);
    const connection = connectProcess<EngineClient>({
      entry,
      arguments: [
        `--engine=${choice}`,
        `--gpu-memory-fraction=${String(gpuMemoryFraction)}`,
        `--network-cores=${networkCores}`,
        ...(photoMemoryMebibytes === undefined
          ? []
          : [`--photo-memory-mebibytes=${String(photoMemoryMebibytes)}`]),
      ],
      environment,
      isChatter,
      nodeArguments: ENGINE_NODE_ARGUMENTS,
      ...events,
    });
    return { client: connection.client, stop: () => connection.process.stop() };
  };
