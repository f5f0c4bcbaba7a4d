import { app } from 'electron';
import { runApplication } from './application.ts';
import { registerSchemes } from './protocols.ts';

registerSchemes();
if (app.requestSingleInstanceLock()) {
  runApplication().catch((error: unknown) => {
    console.error('The studio could not start.', error);
    app.exit(1);
  });
} else app.quit();
