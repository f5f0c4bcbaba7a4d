type Kind = { readonly what: string; readonly isIt: (head: Buffer) => boolean };

const startsWith =
  (bytes: string, at = 0) =>
  (head: Buffer): boolean =>
    head.toString('latin1', at, at + bytes.length) === bytes;

/** First byte of a pickle's protocol 2 to 5, and its number. */
const isPickle = (head: Buffer): boolean => {
  const [first = 0, protocol = 0] = head;
  return (
    (first === 0x80 && protocol >= 2 && protocol <= 5) ||
    /^(\(dp|\(lp|c[a-z_.]+\n)/.test(head.toString('latin1'))
  );
};

const HEADER_BYTES = 8;

const KINDS: readonly Kind[] = [
  { what: 'empty', isIt: (head) => head.length === 0 },
  { what: 'a Python pickle, which would run code when it is opened', isIt: isPickle },
  {
    what: 'a zip archive (a PyTorch or Keras model, or a packed download: unpack it first)',
    isIt: startsWith('PK'),
  },
  { what: 'a gzip archive: unpack it first', isIt: startsWith('\x1f\x8b') },
  { what: 'an HDF5 file (a Keras model)', isIt: startsWith('\x89HDF') },
  { what: 'a NumPy array', isIt: startsWith('\x93NUMPY') },
  { what: 'a TensorFlow Lite model', isIt: startsWith('TFL3', 4) },
  { what: 'a safetensors file', isIt: startsWith('{"', HEADER_BYTES) },
  { what: 'a SavedModel, not a frozen graph', isIt: startsWith('\x08\x01\x12') },
  { what: 'an ONNX model', isIt: ([first, version = 0]) => first === 0x08 && version > 1 && version < 0x20 },
  {
    what: 'a web page, as a download that failed leaves it',
    isIt: (head) => /^\s*<(!doctype|html)/i.test(head.toString('latin1')),
  },
  { what: 'a picture', isIt: (head) => startsWith('\xff\xd8\xff')(head) || startsWith('\x89PNG')(head) },
];

/** How much of a file tells what it is. */
export const HEAD_BYTES = 64;

/** What a file is by its first bytes, for a sentence that begins with "it is"; null where they tell nothing. */
export const kindOfFile = (head: Buffer): string | null => KINDS.find(({ isIt }) => isIt(head))?.what ?? null;
