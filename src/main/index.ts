import { app } from 'electron';
import { registerSchemes } from './schemes.ts';

// Schemes must be named before the app is ready, so the rest of the program, with its packages, is loaded after that.
// Where a launcher loaded us later, scripts/setup/early-schemes.cjs has named them.
if (!app.isReady()) registerSchemes();
if (app.requestSingleInstanceLock()) {
  import('./application.ts')
    .then(({ runApplication }) => runApplication())
    .catch((error: unknown) => {
      console.error('The studio could not start.', error);
      app.exit(1);
    });
} else app.quit();
