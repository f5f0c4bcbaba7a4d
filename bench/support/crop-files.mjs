/** As many crop files as a generated workspace has, shared by all its faces. */
export const CROP_FILES = 24;

/** The crop file of a face, relative to the workspace. @param {number} face */
export const cropFileOf = (face) => `crops/${String(face % CROP_FILES).padStart(3, '0')}.png`;
