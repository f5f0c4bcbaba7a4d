/** Scheme and origin under which the shell serves its own window. */
export const APP_SCHEME = 'studio';
export const APP_ORIGIN = `${APP_SCHEME}://app`;
export const APP_ADDRESS = `${APP_ORIGIN}/`;

/** True for an address of our own window: this scheme, this host, nothing else. Never for an empty one or `about:blank`. */
export const isOurAddress = (address: string): boolean => {
  try {
    const url = new URL(address);
    return url.protocol === `${APP_SCHEME}:` && url.host === 'app';
  } catch {
    return false;
  }
};

/** The address of a picture inside its `studio-image:` URL, without the scheme; whatever is left is judged by the parser. */
export const pictureAddressOf = (url: string): string =>
  url.replace(/^studio-image:\/*/, '').replace(/^pictures\//, '');
