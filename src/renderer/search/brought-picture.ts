import { MOST_PICTURE_BYTES } from '../../core/images/brought-picture.ts';

/** A picture that somebody brought into the window, as a search takes it. */
export type BroughtPicture = {
  readonly name: string;
  /** Base64 of the file, or of the picture made smaller where the file is too large for a message. */
  readonly bytes: string;
  /** null where the window cannot show it. */
  readonly shown: ImageBitmap | null;
};

/** Larger than any crop needs a face to be. */
const LONGEST_SIDE_PX = 1600;
const QUALITIES = [0.95, 0.85, 0.7, 0.5] as const;

const asBase64 = (blob: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const { result } = reader;
      resolve(typeof result === 'string' ? result.slice(result.indexOf(',') + 1) : '');
    };
    reader.onerror = () => {
      reject(reader.error ?? new Error('The file could not be read.'));
    };
    reader.readAsDataURL(blob);
  });

/** A picture of at most the bytes that a message takes; null where it stays larger. */
const madeSmaller = async (picture: ImageBitmap): Promise<Blob | null> => {
  const scale = Math.min(1, LONGEST_SIDE_PX / Math.max(picture.width, picture.height));
  const [width, height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
  const canvas = new OffscreenCanvas(Math.max(1, width), Math.max(1, height));
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  for (const quality of QUALITIES) {
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality });
    if (blob.size <= MOST_PICTURE_BYTES) return blob;
  }
  return null;
};

/** Reads a picture. Throws an error whose message is a sentence for people. */
export const bringPicture = async (file: File): Promise<BroughtPicture> => {
  const shown = await createImageBitmap(file).catch(() => null);
  const fits = file.size <= MOST_PICTURE_BYTES;
  const blob = fits ? file : shown === null ? null : await madeSmaller(shown);
  if (blob === null)
    throw new Error(`${file.name} is a picture that the window cannot read: save it as JPEG or PNG.`);
  return { name: file.name, bytes: await asBase64(blob), shown };
};

/** Asks for a picture; null when nobody chose one. */
export const choosePicture = (): Promise<File | null> =>
  new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = 'image/*';
    input.addEventListener('change', () => {
      resolve(input.files?.[0] ?? null);
    });
    input.addEventListener('cancel', () => {
      resolve(null);
    });
    input.click();
  });
