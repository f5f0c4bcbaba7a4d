import { createReadStream } from 'node:fs';
import { failed, systemCode, unusable } from '../failure.ts';
import { LIST_VERSION, ListHeader, ListLine } from './format.ts';

/** Lists are made by this program: a longer line is another thing. */
const LONGEST_LINE_CHARACTERS = 100_000;

async function* linesOf(file: string): AsyncGenerator<string> {
  // Only \n ends a line: JSON escapes it, and U+2028 may stand in a name.
  let rest = '';
  for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE_CHARACTERS)
      throw unusable(`${file} is no decision list: its lines are too long.`);
    yield* lines;
  }
  if (rest !== '') yield rest;
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const checkHeader = (text: string, file: string): ListHeader => {
  const header = ListHeader.safeParse(parsed(text));
  if (!header.success)
    throw unusable(`${file} is no decision list: name one that "facenet-studio decisions export" wrote.`);
  if (header.data.version > LIST_VERSION)
    throw unusable(
      `${file} was written by a newer version of this program (list ${String(header.data.version)}, this one knows ${String(LIST_VERSION)}): update the program.`,
    );
  return header.data;
};

const readError = (error: unknown, file: string): unknown => {
  switch (systemCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return unusable(`There is no file ${file}: check the path.`);
    case 'EISDIR':
      return unusable(`${file} is a folder: name a decision list.`);
    case 'EACCES':
      return unusable(`There is no permission to read ${file}: change its permissions.`);
    case 'EIO':
      return failed(`${file} cannot be read: check its disk.`);
    default:
      return error;
  }
};

/** Reads a decision list, all of it or nothing. @throws UNUSABLE for a file that is none, is cut off, or is of a newer version */
export const readDecisionList = async (file: string): Promise<readonly ListLine[]> => {
  let header: ListHeader | null = null;
  const lines: ListLine[] = [];
  let number = 0;
  try {
    for await (const text of linesOf(file)) {
      number += 1;
      if (header === null) {
        header = checkHeader(text, file);
        continue;
      }
      const line = ListLine.safeParse(parsed(text));
      if (!line.success)
        throw unusable(`Line ${String(number)} of ${file} says no decision: write the list again.`);
      lines.push(line.data);
    }
  } catch (error) {
    throw readError(error, file);
  }
  if (header === null) throw unusable(`${file} is empty: name a decision list.`);
  if (lines.length !== header.lines)
    throw unusable(
      `${file} has ${String(lines.length)} of ${String(header.lines)} lines: it was cut off, so copy or write it again.`,
    );
  return lines;
};
