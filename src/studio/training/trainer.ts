import type { EngineChoice } from '../../contract/engine.ts';
import type { TrainerClient } from '../../contract/trainer.ts';
import { connectProcess } from '../../node/processes/connect.ts';
import { engineEnvironment, readEngineRecord } from '../../node/processes/engine-record.ts';
import { processEntry } from '../../node/processes/entry.ts';

export type Trainer = { readonly client: TrainerClient; readonly lost: AbortSignal; stop(): Promise<void> };
export type StartTrainer = (choice: EngineChoice) => Trainer;

/** Starts a trainer of the build: one process for one training, never started again by itself. */
export const startTrainer: StartTrainer = (choice) => {
  const lost = new AbortController();
  const connection = connectProcess<TrainerClient>({
    entry: processEntry('trainer'),
    arguments: [`--engine=${choice}`],
    environment: engineEnvironment(readEngineRecord(), process.env),
    isChatter: (line) => /^WARNING: All log messages before absl|^[IW]\d{4} |^\s*$/.test(line),
    restart: false,
    onDown: (reason) => {
      lost.abort(new Error(reason));
    },
  });
  return { client: connection.client, lost: lost.signal, stop: () => connection.process.stop() };
};
