/** The engine process: plain Node, started by the studio service. Owns tensors and nothing durable; may be killed at any time. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EngineChoice } from '../contract/engine.ts';
import { createImagePool } from '../node/images/pool.ts';
import { PROJECT_FOLDER } from '../node/processes/entry.ts';
import { serveParent } from '../node/processes/serve.ts';
import { createEmbedders } from './embedding/embedders.ts';
import { createDetector } from './faces/detect.ts';
import { startNetworks, type Networks } from './networks/networks.ts';
import { createRouter, type Engine } from './router.ts';

/** More decoders than this do not speed up one engine, and each may take its share of memory. */
const MOST_WORKERS = 8;

const BYTES_PER_MEBIBYTE = 1024 * 1024;

const WEIGHTS = join(PROJECT_FOLDER, 'resources', 'models', 'mtcnn.safetensors');

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'auto' },
    'gpu-memory-fraction': { type: 'string', default: '1' },
    'network-cores': { type: 'string', default: 'half' },
    'photo-memory-mebibytes': { type: 'string', default: '256' },
  },
});

// TensorFlow reads these when it is loaded. Half of the cores for MTCNN: the image workers need the other half, and two threads cost a
// third more processor time for the same P-net than one, half as much again for R- and O-net (measured on two cores). All of them where
// vectors are made: there the network takes nearly all of the time.
const CORES_SHARE = values['network-cores'] === 'all' ? 1 : 0.5;
process.env['TF_NUM_INTRAOP_THREADS'] ??= String(
  Math.max(1, Math.floor(availableParallelism() * CORES_SHARE)),
);
process.env['TF_NUM_INTEROP_THREADS'] ??= '1';
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
if (values.engine === 'cpu') process.env['CUDA_VISIBLE_DEVICES'] = '-1';
// The addon cannot hand TensorFlow a share of the memory; taking it as it is needed is what leaves room for others.
if (Number(values['gpu-memory-fraction']) < 1) process.env['TF_FORCE_GPU_ALLOW_GROWTH'] = 'true';

const openNetworks = (): Promise<Networks> =>
  startNetworks({ choice: EngineChoice.parse(values.engine), weightsFile: WEIGHTS }, (error) => {
    console.error(`The engine ends, because its networks did: ${error.message}`);
    process.exit(1);
  });

const open = async (): Promise<Engine> => {
  const workers = Math.min(availableParallelism(), MOST_WORKERS);
  const pool = createImagePool({ workers });
  // They start while the networks are loaded.
  pool.start();
  const networks = await openNetworks().catch(async (error: unknown) => {
    await pool.close();
    throw error;
  });
  const detector = createDetector(networks, () => performance.now());
  return {
    info: networks.info,
    detector,
    embedders: createEmbedders(networks, (stage) => detector.addStage(stage)),
    pool,
    workers,
    mostHeldBytes: Number(values['photo-memory-mebibytes']) * BYTES_PER_MEBIBYTE,
  };
};

serveParent({ router: createRouter(open) }, (error) => {
  console.error(error);
});
