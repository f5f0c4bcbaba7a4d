/** One conversation among several that share a process channel; `close` ends it. */
export type Frame =
  { readonly channel: string; readonly data: unknown } | { readonly channel: string; readonly close: true };

type Listener = (event?: { data: unknown }) => void;

/** What a transport must offer to carry calls: it posts messages and tells of messages and of its end. */
export type Wire = {
  postMessage(data: unknown): void;
  on(event: 'message' | 'close', listener: Listener): void;
};

/** A wire over something that carries frames: a process channel or a WebSocket. */
export class Channel implements Wire {
  readonly #listeners: { readonly message: Listener[]; readonly close: Listener[] } = {
    message: [],
    close: [],
  };
  readonly name: string;
  readonly #send: (frame: Frame) => void;

  constructor(name: string, send: (frame: Frame) => void) {
    this.name = name;
    this.#send = send;
  }

  postMessage(data: unknown): void {
    this.#send({ channel: this.name, data });
  }

  on(event: string, listener: Listener): void {
    if (event === 'message' || event === 'close') this.#listeners[event].push(listener);
  }

  /** Hands a message that arrived to the listeners. */
  deliver(data: unknown): void {
    for (const listener of this.#listeners.message) listener({ data });
  }

  /** Tells the listeners that the other side is gone. */
  closed(): void {
    for (const listener of this.#listeners.close) listener();
  }
}
