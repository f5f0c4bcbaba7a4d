import { ModelRefused, readForeignModel } from '../../src/engine/models/read-foreign.ts';
import { readFrozenGraph, valuesOfConstant } from '../../src/node/codecs/frozen-graph.ts';
import { NoProtobuf } from '../../src/node/codecs/protobuf-reader.ts';
import { ProtobufWriter } from '../../src/node/codecs/protobuf-writer.ts';
import { frozenGraph } from './frozen-graph.ts';

/** Numbers in [0, 1), the same on every run (mulberry32). */
const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

/** A graph small enough to be read ten thousand times: the first layers, with all that a node can have. */
const smallGraph = (): Buffer => {
  let tensors = 0;
  return frozenGraph({
    embeddingSize: 1,
    change: (_, shape) => {
      tensors += 1;
      return tensors <= 24 ? shape.map((size) => Math.min(size, 4)) : null;
    },
  });
};

/** A graph of one constant whose shape, type and values have nothing to do with each other. */
const strangeConstant = (random: () => number): Buffer => {
  const graph = new ProtobufWriter();
  const whole = (most: number): number => Math.floor(random() * most);
  graph.message(1, (node) => {
    node.string(1, 'InceptionResnetV1/Bottleneck/weights').string(2, 'Const');
    node.message(5, (entry) =>
      entry.string(1, 'value').message(2, (value) => {
        value.message(8, (tensor) => {
          tensor.integer(1, whole(3));
          tensor.message(2, (shape) => {
            for (let axis = whole(4); axis > 0; axis -= 1)
              shape.message(2, (dimension) => dimension.integer(1, whole(random() < 0.1 ? 2 ** 33 : 20) - 1));
          });
          tensor.bytes(random() < 0.5 ? 4 : 5, new Uint8Array(whole(100)));
        });
      }),
    );
  });
  return Buffer.from(graph.finish());
};

const mutate = (bytes: Buffer, random: () => number): Buffer => {
  const at = (): number => Math.floor(random() * bytes.length);
  const mutant = Buffer.from(bytes);
  switch (Math.floor(random() * 7)) {
    case 0:
      for (let flips = 0; flips < 1 + random() * 8; flips += 1) mutant[at()] = Math.floor(random() * 256);
      return mutant;
    case 1:
      return mutant.subarray(0, at());
    case 2:
      // Numbers that do not end.
      mutant.fill(0xff, at(), at());
      return mutant;
    case 3: {
      const [from, to] = [at(), at()];
      return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
    }
    case 4: {
      const [from, length] = [at(), Math.floor(random() * 64)];
      return Buffer.concat([
        bytes.subarray(0, from),
        bytes.subarray(from, from + length),
        bytes.subarray(from),
      ]);
    }
    case 5:
      return strangeConstant(random);
    default: {
      // A message inside a message inside a message.
      const depth = 1 + Math.floor(random() * 4000);
      const tags = Buffer.alloc(depth * 2, Buffer.from([0x2a, 0x7f]));
      return Buffer.concat([bytes.subarray(0, at()), tags]);
    }
  }
};

/** Tensors of a mutant are read as those of a whole network would be, as long as their shape is one that a network has. */
const MOST_VALUES = 10_000;

const readTensors = (mutant: Buffer): void => {
  try {
    for (const constant of readFrozenGraph(mutant).constants.values())
      if (constant.shape.reduce((product, size) => product * size, 1) <= MOST_VALUES)
        valuesOfConstant(constant);
  } catch (error) {
    if (!(error instanceof NoProtobuf)) throw error;
  }
};

const MOST_MS = 2000;

/** Reads mutants of a graph; every one is refused, in time, and none does anything else. @returns the number that was not */
export const misreadMutants = (count: number, seed: number): readonly string[] => {
  const random = randomFrom(seed);
  const graph = smallGraph();
  const misread: string[] = [];
  for (let mutant = 0; mutant < count; mutant += 1) {
    const started = performance.now();
    try {
      const bytes = mutate(graph, random);
      readTensors(bytes);
      readForeignModel(bytes);
      misread.push(`mutant ${String(mutant)} was taken`);
    } catch (error) {
      if (!(error instanceof ModelRefused)) misread.push(`mutant ${String(mutant)}: ${String(error)}`);
    }
    if (performance.now() - started > MOST_MS) misread.push(`mutant ${String(mutant)} took too long`);
  }
  return misread;
};
