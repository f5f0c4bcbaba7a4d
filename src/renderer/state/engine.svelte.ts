import type { EngineState, StudioClient } from '../../contract/studio.ts';
import { follow } from '../link/calls.ts';

/** What finds the faces: followed from the first moment on. */
export class Engine {
  state = $state.raw<EngineState>({ state: 'starting' });

  constructor(client: StudioClient, signal: AbortSignal) {
    follow((inner) => client.engine.watch({}, { signal: inner }), {
      signal,
      take: (state) => {
        this.state = state;
      },
      refused: (reason) => {
        this.state = { state: 'failed', reason, advice: 'Start the studio again.' };
      },
    });
  }
}
