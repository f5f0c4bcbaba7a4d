import type { Notice } from '../../contract/notices.ts';
import type { StudioClient } from '../../contract/studio.ts';
import { follow } from '../link/calls.ts';

export type Permission = 'granted' | 'denied' | 'default' | 'missing';

/** Whether this browser lets the page notify; `missing` where it cannot at all. */
export const notificationPermission = (): Permission =>
  'Notification' in window ? Notification.permission : 'missing';

/** Asks whether the page may notify; a browser asks its user at most once. */
export const askForNotifications = async (): Promise<Permission> =>
  'Notification' in window ? Notification.requestPermission() : 'missing';

/** Tells somebody who looks elsewhere. `chosen` is called when they click on it. */
const notifyInBrowser = ({ title, body }: Notice, chosen: () => void): void => {
  if (document.hasFocus() || notificationPermission() !== 'granted') return;
  const notification = new Notification(title, { body, icon: './icon.svg' });
  notification.addEventListener('click', () => {
    window.focus();
    notification.close();
    chosen();
  });
};

/** Tells whoever looks elsewhere of what the studio has to say, until the signal; `chosen` is called when they click on it. */
export const followNotices = (client: StudioClient, signal: AbortSignal, chosen: () => void): void => {
  follow((inner) => client.notices.watch({}, { signal: inner }), {
    signal,
    take: (notice) => {
      notifyInBrowser(notice, chosen);
    },
    // Activity shows all of it anyway.
    refused: () => undefined,
  });
};
