import { createHash } from 'node:crypto';

/** CRC-32 as zip files want it (polynomial 0xedb88320). */
const crc32 = (data: Uint8Array): number => {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return (crc ^ 0xffffffff) >>> 0;
};

/** A zip file with its members stored, not compressed: PKWARE's APPNOTE 4.3. */
export const zip = (members: Readonly<Record<string, string>>): Buffer => {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(members)) {
    const content = Buffer.from(text);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt32LE(crc32(content), 10);
    fields.writeUInt32LE(content.length, 14);
    fields.writeUInt32LE(content.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), fields, Buffer.from(name), content]);
    const entry = Buffer.alloc(16);
    entry.writeUInt32LE(offset, 12);
    const madeBy = Buffer.from([20, 0]);
    // Fields after the file name's length: extra, comment, disk, attributes, offset.
    central.push(
      Buffer.concat([Buffer.from('PK\u0001\u0002'), madeBy, fields, entry.subarray(2), Buffer.from(name)]),
    );
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(central.length, 4);
  end.writeUInt16LE(central.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, Buffer.from('PK\u0005\u0006'), end]);
};

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
