import type { EngineChoice, EngineClient } from '../../contract/engine.ts';
import { connectProcess } from '../../node/processes/connect.ts';
import { engineEnvironment, readEngineRecord } from '../../node/processes/engine-record.ts';
import { processEntry } from '../../node/processes/entry.ts';

/** What an engine process is started with; another choice needs another process. */
export type EngineOptions = { readonly choice: EngineChoice; readonly gpuMemoryFraction: number };

export type EngineEvents = {
  readonly onUp: () => void;
  /** `final` when it will not be started again. */
  readonly onDown: (reason: string, final: boolean) => void;
};

export type EngineConnection = { readonly client: EngineClient; stop(): Promise<void> };
export type ConnectEngine = (options: EngineOptions, events: EngineEvents) => EngineConnection;

/** What TensorFlow writes at every start, of no use to anybody here; its errors stay. */
const isChatter = (line: string): boolean =>
  line.trim() === '' ||
  /^WARNING: All log messages before absl|^[IW]\d{4} |^\d{4}-\d\d-\d\d .*: [IW] /.test(line);

/** Starts engine processes from a file of the build; its own unless another is named. */
export const engineConnector =
  (entry: string = processEntry('engine')): ConnectEngine =>
  ({ choice, gpuMemoryFraction }, events) => {
    const environment = engineEnvironment(readEngineRecord(), process.env);
    const connection = connectProcess<EngineClient>({
      entry,
      arguments: [`--engine=${choice}`, `--gpu-memory-fraction=${String(gpuMemoryFraction)}`],
      environment,
      isChatter,
      ...events,
    });
    return { client: connection.client, stop: () => connection.process.stop() };
  };
