import { protocol } from 'electron';
import { PICTURE_SCHEME } from '../contract/picture-address.ts';
import { APP_SCHEME } from './addresses.ts';

/** Names the two schemes of the shell. Must be called before the app is ready. */
export const registerSchemes = (): void => {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
    { scheme: PICTURE_SCHEME, privileges: { standard: true, secure: true, stream: true } },
  ]);
};
