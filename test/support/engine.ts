import type { EngineChoice, EngineClient, FaceResult, FaceTask } from '../../src/contract/engine.ts';
import type { CropSettings, DetectSettings } from '../../src/contract/faces.ts';
import { connectProcess, type ProcessConnection } from '../../src/node/processes/connect.ts';
import { processEntry } from '../../src/node/processes/entry.ts';

/** The engine as the studio starts it: the built program in a process of its own. The caller stops it. */
export const startEngine = (choice: EngineChoice): ProcessConnection<EngineClient> =>
  connectProcess<EngineClient>({
    entry: processEntry('engine'),
    arguments: [`--engine=${choice}`],
    environment: { TF_CPP_MIN_LOG_LEVEL: '3' },
    restart: false,
  });

export const STUDIO_DETECTION: DetectSettings = {
  mode: 'studio',
  minFaceSizePx: 20,
  thresholds: [0.6, 0.7, 0.7],
  scaleFactor: 0.709,
};
export const FACENET_DETECTION: DetectSettings = { ...STUDIO_DETECTION, mode: 'facenet' };

/** Tasks that only look for faces, one for each file, in their order. */
export const detectTasks = (files: readonly string[]): FaceTask[] =>
  files.map((file, id) => ({ id, file, output: null, known: null }));

/** All outcomes of a call, in the order of its tasks. */
export const outcomesOf = async (
  client: EngineClient,
  tasks: readonly FaceTask[],
  detect: DetectSettings,
  crop: CropSettings | null = null,
): Promise<FaceResult['outcome'][]> => {
  const outcomes: FaceResult['outcome'][] = [];
  for await (const { id, outcome } of await client.findFaces({ detect, crop, tasks: [...tasks] }))
    outcomes[id] = outcome;
  return outcomes;
};
