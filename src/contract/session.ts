import { createORPCClient, DynamicLink, type ClientContext, type ClientLink } from '@orpc/client';

type Link = ClientLink<ClientContext>;

/** A contract's client, and how to give it its next connection. */
export type Session<Client> = {
  readonly client: Client;
  connect(open: (closed: () => void) => Link): void;
};

/**
 * A client that outlives its connections: calls made while the other side is down wait for the next connection, and can be
 * aborted meanwhile. `connect` is called anew for each connection; `open` gets the function to call when that one ends.
 */
export const createSession = <Client extends object>(): Session<Client> => {
  let give: (link: Link) => void = () => undefined;
  let current = new Promise<Link>((resolve) => (give = resolve));
  const nextLink = (signal: AbortSignal | undefined): Promise<Link> =>
    new Promise((resolve, reject) => {
      const abort = (): void => {
        reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
      };
      if (signal?.aborted === true) {
        abort();
        return;
      }
      signal?.addEventListener('abort', abort, { once: true });
      void current.then((link) => {
        // A signal may outlive many calls: it must not keep a listener of each.
        signal?.removeEventListener('abort', abort);
        resolve(link);
      });
    });
  const link = new DynamicLink(({ signal }: { signal?: AbortSignal | undefined }) => nextLink(signal));
  return {
    // The proxy has the shape of the contract by construction; oRPC types it through the same type argument.
    client: createORPCClient(link) as Client,
    connect(open) {
      let mine: Promise<Link> | null = null;
      const link = open(() => {
        if (current === mine) current = new Promise<Link>((resolve) => (give = resolve));
      });
      give(link);
      mine = current = Promise.resolve(link);
    },
  };
};
