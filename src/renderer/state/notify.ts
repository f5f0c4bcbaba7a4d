import type { Notice } from '../../contract/notices.ts';

export type Permission = 'granted' | 'denied' | 'default' | 'missing';

/** Whether this browser lets the page notify; `missing` where it cannot at all. */
export const notificationPermission = (): Permission =>
  'Notification' in window ? Notification.permission : 'missing';

/** Asks whether the page may notify; a browser asks its user at most once. */
export const askForNotifications = async (): Promise<Permission> =>
  'Notification' in window ? Notification.requestPermission() : 'missing';

/** Tells somebody who looks elsewhere. `chosen` is called when they click on it. */
export const notifyInBrowser = ({ title, body }: Notice, chosen: () => void): void => {
  if (document.hasFocus() || notificationPermission() !== 'granted') return;
  const notification = new Notification(title, { body, icon: './icon.svg' });
  notification.addEventListener('click', () => {
    window.focus();
    notification.close();
    chosen();
  });
};
