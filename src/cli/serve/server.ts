import { createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { WEB_SOCKET_PATH } from '../../contract/shell.ts';
import type { StudioClient } from '../../contract/studio.ts';
import { MOST_MESSAGE_BYTES, type SharedProcess } from '../../node/processes/share.ts';
import type { WindowFile } from '../../node/processes/window-files.ts';
import { createGate } from './gate.ts';
import { answerPage } from './pages.ts';

const LOOPBACK = '127.0.0.1';
/** WebSocket close code "try again later": the page comes back when the service does. */
const TRY_AGAIN_LATER = 1013;

export type BrowserShell = {
  /** The one-time address. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
};

type Service = Pick<SharedProcess<StudioClient>, 'admit' | 'client'>;

/** Joins a browser's socket to the service; when either side goes, so does the other. */
const joinSocket = (service: Service, socket: WebSocket, report: (sentence: string) => void): void => {
  const conversation = service.admit({
    message: (data) => {
      // The service speaks text and bytes; both are what a socket sends.
      if (socket.readyState === socket.OPEN) socket.send(data as string | Uint8Array);
    },
    closed: () => {
      socket.close(TRY_AGAIN_LATER);
    },
  });
  if (conversation === null) {
    socket.close(TRY_AGAIN_LATER);
    return;
  }
  socket.on('message', (data, isBinary) => {
    // `ws` hands over one Buffer as long as nobody asks it for fragments.
    const bytes = data as Buffer;
    if (!conversation.relay(isBinary ? new Uint8Array(bytes) : bytes.toString('utf8'))) {
      report('A message of the browser was dropped.');
    }
  });
  socket.on('close', () => {
    conversation.end();
  });
  socket.on('error', (error) => {
    report(`A connection of the browser ended: ${error.message}.`);
  });
};

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => {
      const address = server.address();
      // Only a server on a pipe has a string here, and only a closed one nothing.
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

const refuseUpgrade = (socket: Duplex, status: string, message: string): void => {
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${message}\n`,
  );
};

/**
 * Serves the studio's window to a browser on this machine, over HTTP and one WebSocket for each page.
 * @throws when the port is taken.
 */
export const startBrowserShell = async (options: {
  /** 0 takes a free one. */
  readonly port: number;
  readonly service: Service;
  readonly files: ReadonlyMap<string, WindowFile>;
  readonly report: (sentence: string) => void;
}): Promise<BrowserShell> => {
  const { service, files, report } = options;
  const server = createServer();
  const port = await listen(server, options.port);
  const gate = createGate(port);
  const pages = { gate, files, pictures: service.client.pictures, port };
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  server.on('request', (request, response) => {
    answerPage(pages, request, response).catch(() => {
      // The browser went away in the middle of an answer, as browsers do when somebody scrolls on.
      response.destroy();
    });
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {
      socket.destroy();
    });
    const judged = gate.judgeSocket(request.headers);
    if (judged.kind === 'refuse') refuseUpgrade(socket, '403 Forbidden', judged.message);
    else if (request.url !== WEB_SOCKET_PATH)
      refuseUpgrade(socket, '404 Not Found', 'There is no such socket.');
    else
      sockets.handleUpgrade(request, socket, head, (opened) => {
        joinSocket(service, opened, report);
      });
  });
  return {
    url: `http://${LOOPBACK}:${String(port)}${gate.entrance}`,
    port,
    close: () =>
      new Promise((resolve) => {
        for (const opened of sockets.clients) opened.terminate();
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
};
