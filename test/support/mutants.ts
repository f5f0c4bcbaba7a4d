import { ModelRefused, readForeignModel } from '../../src/engine/models/read-foreign.ts';
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

const mutate = (bytes: Buffer, random: () => number): Buffer => {
  const at = (): number => Math.floor(random() * bytes.length);
  const mutant = Buffer.from(bytes);
  switch (Math.floor(random() * 6)) {
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
    default: {
      // A message inside a message inside a message.
      const depth = 1 + Math.floor(random() * 4000);
      const tags = Buffer.alloc(depth * 2, Buffer.from([0x2a, 0x7f]));
      return Buffer.concat([bytes.subarray(0, at()), tags]);
    }
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
      readForeignModel(mutate(graph, random));
      misread.push(`mutant ${String(mutant)} was taken`);
    } catch (error) {
      if (!(error instanceof ModelRefused)) misread.push(`mutant ${String(mutant)}: ${String(error)}`);
    }
    if (performance.now() - started > MOST_MS) misread.push(`mutant ${String(mutant)} took too long`);
  }
  return misread;
};
