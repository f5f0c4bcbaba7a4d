import { createRouterClient } from '@orpc/server';
import type { StudioClient } from '../../src/contract/studio.ts';
import { engineConnector, type EngineConnection } from '../../src/studio/engine/connection.ts';
import { createService } from '../../src/studio/service.ts';

export type RealService = {
  readonly client: StudioClient;
  /** Bugs that the service reported. */
  readonly reports: readonly unknown[];
  stop(): Promise<void>;
};

/** The studio service from the sources under test, in this process, with the engine of the build. The caller stops it. */
export const startService = (home: string): RealService => {
  const reports: unknown[] = [];
  const engines: EngineConnection[] = [];
  const connect = engineConnector();
  const { router } = createService({
    home,
    roots: [],
    connectEngine(options, events) {
      const connection = connect(options, events);
      engines.push(connection);
      return connection;
    },
    report: (error) => reports.push(error),
  });
  return {
    client: createRouterClient(router),
    reports,
    stop: async () => {
      await Promise.all(engines.map((engine) => engine.stop()));
    },
  };
};
