import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePictureAddress, pictureAddress } from './picture-address.ts';
import type { PictureRequest } from './studio.ts';

const TRIES = 10_000;

const id = fc
  .string({ minLength: 1, maxLength: 40, unit: fc.constantFrom(...Array.from('abcXYZ019-_. äé%#?&')) })
  .filter((text) => text !== '.' && text !== '..' && encodeURIComponent(text).length <= 200);
const number = fc.nat({ max: 999_999_999 });
const request: fc.Arbitrary<PictureRequest> = fc.oneof(
  fc.record({
    kind: fc.constant('photo' as const),
    source: id,
    photo: number,
    sizePx: fc.constantFrom(320 as const, 1600 as const, 4096 as const),
  }),
  fc.record({ kind: fc.constant('crop' as const), source: id, photo: number, face: number }),
  fc.record({
    kind: fc.constant('workspace-photo' as const),
    workspace: id,
    photo: number,
    sizePx: fc.constantFrom(320 as const, 1600 as const, 4096 as const),
  }),
  fc.record({ kind: fc.constant('workspace-face' as const), workspace: id, face: number }),
);

/** Pieces that lead somewhere else when somebody takes an address for a path. */
const piece = fc.constantFrom(
  ...[
    '..',
    '.',
    '/',
    '\\',
    '%2e%2e',
    '%2f',
    '%5c',
    '%00',
    '\0',
    '//',
    'C:',
    'file:',
    '\\\\host\\share',
    'etc/passwd',
  ],
  ...['photo', 'crop', 'source', '1', '?size=320', '&v=1', '%', '%zz', '~', '*'],
);
const hostile = fc.array(piece, { minLength: 1, maxLength: 12 }).map((pieces) => pieces.join(''));
const nearlyRight = fc
  .tuple(
    fc.constantFrom('photo/', 'crop/', 'workspace-photo/', 'workspace-face/'),
    hostile,
    fc.constantFrom('/1?size=320', '/1/0', '/1/0/2', '/-1', '/1e3', ''),
  )
  .map((parts) => parts.join(''));

describe('the address of a picture', () => {
  it('is read back as the request that it was written for', () => {
    fc.assert(
      fc.property(request, fc.string(), (wanted, version) => {
        expect(parsePictureAddress(pictureAddress(wanted, version))).toEqual(wanted);
      }),
      { numRuns: 1000 },
    );
  });

  it('names an id and never a path, whatever somebody makes up', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, nearlyRight, fc.string()), (address) => {
        const parsed = parsePictureAddress(address);
        if (parsed === null) return;
        const owner = 'source' in parsed ? parsed.source : parsed.workspace;
        expect(owner).not.toMatch(/[/\\\0]|^\.{1,2}$/);
        const picture = 'photo' in parsed ? parsed.photo : parsed.face;
        expect(Number.isSafeInteger(picture) && picture >= 0).toBe(true);
        // What is accepted is what `pictureAddress` writes, but for the version.
        expect(parsePictureAddress(pictureAddress(parsed, ''))).toEqual(parsed);
      }),
      { numRuns: TRIES },
    );
  });

  it.each([
    'photo/source/1',
    'photo/source/1?size=321',
    'photo/source/1/2?size=320',
    'photo/source/-1?size=320',
    'photo/source/0x10?size=320',
    'photo//1?size=320',
    'photo/..%2f..%2fetc/1?size=320',
    'photo/../1?size=320',
    'photo/a%00b/1?size=320',
    'crop/source/1',
    'crop/source/1/2/3',
    'workspace-face/a/1/2',
    'workspace-face/%2fhome%2fann/1',
    'workspace-photo/a/1',
    'workspace-photo/..%2fb/1?size=320',
    '/etc/passwd',
    'file:///etc/passwd',
    '',
  ])('is refused when it is %j', (address) => {
    expect(parsePictureAddress(address)).toBeNull();
  });
});
