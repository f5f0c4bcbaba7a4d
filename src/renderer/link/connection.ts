import type { ClientContext, ClientLink } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import { createSession } from '../../contract/session.ts';
import { PORT_MESSAGE, WEB_SOCKET_PATH, type Shell } from '../../contract/shell.ts';
import type { StudioClient } from '../../contract/studio.ts';

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 2000;
/** While its service is down, the shell takes a connection only to end it at once. */
const STEADY_MS = 150;
/** After so many attempts in vain the page asks whether its cookie still counts. */
const ATTEMPTS_BEFORE_ASKING = 3;
const FORBIDDEN = 403;

/** `refused`: the studio runs, but was started anew and lets this page in only by its new link. */
export type ConnectionState = 'connecting' | 'open' | 'reconnecting' | 'refused';

type Session = ReturnType<typeof createSession<StudioClient>>;
type Tell = (state: ConnectionState) => void;

type Link = ClientLink<ClientContext>;

/**
 * A link whose calls end with the connection. Without it a call that is sent just after the end would wait for ever:
 * nothing tells of a message that is posted to a closed socket or port.
 */
const endingLink = (link: Link): { readonly link: Link; readonly end: () => void } => {
  let end: () => void = () => undefined;
  const ended = new Promise<never>((_, reject) => {
    end = () => {
      reject(new Error('The connection to the studio ended.'));
    };
  });
  // Nobody may be waiting when the connection ends.
  ended.catch(() => undefined);
  return {
    link: { call: (...call) => Promise.race([link.call(...call), ended]) },
    end,
  };
};

const connectByPort = (window: Window, session: Session, tell: Tell): void => {
  window.addEventListener('message', (event) => {
    if (event.source !== window || event.data !== PORT_MESSAGE) return;
    const [port] = event.ports;
    if (port === undefined) return;
    session.connect((closed) => {
      const { link, end } = endingLink(new PortLink({ port }));
      port.addEventListener('close', () => {
        closed();
        end();
        tell('reconnecting');
      });
      return link;
    });
    port.start();
    tell('open');
  });
};

const isRefused = async (address: string): Promise<boolean> => {
  try {
    return (await fetch(address, { cache: 'no-store' })).status === FORBIDDEN;
  } catch {
    // Nobody answers at all: the studio is down, and the next attempt tells when it is back.
    return false;
  }
};

const connectBySocket = (window: Window, session: Session, tell: Tell): void => {
  const { protocol, host } = window.location;
  const address = `${protocol === 'https:' ? 'wss' : 'ws'}://${host}${WEB_SOCKET_PATH}`;
  let attempts = 0;
  const retry = (): void => {
    attempts += 1;
    const waitMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempts);
    if (attempts === ATTEMPTS_BEFORE_ASKING) {
      void isRefused(window.location.href).then((refused) => {
        if (refused) tell('refused');
      });
    }
    setTimeout(open, waitMs);
  };
  const open = (): void => {
    const websocket = new WebSocket(address);
    websocket.binaryType = 'arraybuffer';
    let steady: ReturnType<typeof setTimeout> | undefined;
    websocket.addEventListener('open', () => {
      session.connect((closed) => {
        const { link, end } = endingLink(new SocketLink({ websocket }));
        websocket.addEventListener('close', () => {
          closed();
          end();
        });
        return link;
      });
      steady = setTimeout(() => {
        attempts = 0;
        tell('open');
      }, STEADY_MS);
    });
    websocket.addEventListener('close', () => {
      clearTimeout(steady);
      if (attempts < ATTEMPTS_BEFORE_ASKING) tell('reconnecting');
      retry();
    });
  };
  open();
};

/**
 * The way into the studio: a port from the Electron shell, a WebSocket in a browser. Calls made while the connection is
 * down wait for the next one. `tell` hears of each change.
 */
export const connectStudio = (window: Window, shell: Shell | null, tell: Tell): StudioClient => {
  const session = createSession<StudioClient>();
  if (shell === null) connectBySocket(window, session, tell);
  else connectByPort(window, session, tell);
  return session.client;
};
