/** Bytes of a picture that somebody brings to be searched by: as base64 they fit into one message. */
export const MOST_PICTURE_BYTES = 700_000;
