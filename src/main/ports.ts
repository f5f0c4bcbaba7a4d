import { MessageChannelMain, type BrowserWindow, type MessagePortMain } from 'electron';
import { PORT_MESSAGE } from '../contract/shell.ts';
import type { Conversation, SharedProcess } from '../node/processes/share.ts';
import { isOurAddress } from './addresses.ts';

type Shared = Pick<SharedProcess<object>, 'admit'>;

/**
 * Joins a port to the service: whatever comes is relayed unread; when either side goes, so does the other. A message that
 * cannot be one of ours is dropped and reported. Null while the service is down.
 */
export const joinPort = (
  service: Shared,
  port: Pick<MessagePortMain, 'postMessage' | 'on' | 'start' | 'close'>,
  report: (sentence: string) => void,
): Conversation | null => {
  const conversation = service.admit({
    message: (data) => {
      port.postMessage(data);
    },
    closed: () => {
      port.close();
    },
  });
  if (conversation === null) return null;
  port.on('message', ({ data }) => {
    if (!conversation.relay(data)) report('A message of the window was dropped.');
  });
  port.on('close', () => {
    conversation.end();
  });
  port.start();
  return conversation;
};

/** Gives the window's page its own way into the service; null unless it is our page and the service is up. */
export const handOverPort = (
  service: Shared,
  window: BrowserWindow,
  report: (sentence: string) => void,
): Conversation | null => {
  if (window.isDestroyed() || !isOurAddress(window.webContents.getURL())) return null;
  const { port1, port2 } = new MessageChannelMain();
  const conversation = joinPort(service, port1, report);
  if (conversation !== null) window.webContents.postMessage(PORT_MESSAGE, null, [port2]);
  return conversation;
};
