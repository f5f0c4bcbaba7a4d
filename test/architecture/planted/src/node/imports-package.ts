import { app } from 'electron';
export const application = app;
