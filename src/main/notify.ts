import { Notification, type BrowserWindow } from 'electron';
import type { StudioClient } from '../contract/studio.ts';

const RETRY_MS = 1000;

/** Shows what the service has to tell while nobody looks at the window, through its restarts, until aborted. */
export const followNotices = (
  notices: StudioClient['notices'],
  window: BrowserWindow,
  options: { readonly chosen: () => void; readonly signal: AbortSignal },
): void => {
  const { chosen, signal } = options;
  const show = (title: string, body: string): void => {
    if (!Notification.isSupported() || (!window.isDestroyed() && window.isFocused())) return;
    const notification = new Notification({ title, body });
    notification.on('click', chosen);
    notification.show();
  };
  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        for await (const { title, body } of await notices.watch({}, { signal })) show(title, body);
      } catch {
        // The service went down: what ends in its next life is told then.
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  };
  void follow();
};
