import type { ReasonCode } from '../../contract/faces.ts';

/** A photo that cannot be used. The message is one sentence without the path, for the caller to add. */
export class ImageFailure extends Error {
  override readonly name = 'ImageFailure';
  readonly code: ReasonCode;
  /** Of the bytes that were refused; null when they could not be read. */
  readonly sourceSha256: string | null;

  constructor(code: ReasonCode, message: string, sourceSha256: string | null = null) {
    super(message);
    this.code = code;
    this.sourceSha256 = sourceSha256;
  }
}

export type WriteProblem = 'no-space' | 'read-only' | 'other';

/** A crop or rendition could not be written; nothing half-written is left. The message names the file. */
export class CannotWrite extends Error {
  override readonly name = 'CannotWrite';
  readonly code: WriteProblem;

  constructor(code: WriteProblem, message: string) {
    super(message);
    this.code = code;
  }
}

/** The process that held the photo is gone, through no fault of this photo: open it anew. */
export class WorkerLost extends Error {
  override readonly name = 'WorkerLost';

  constructor() {
    super('The image process that held this photo ended; the photo has to be opened again.');
  }
}
