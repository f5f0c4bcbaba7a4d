// For an Electron whose own launcher loads our program only when it is ready already: names the schemes before that, as
// src/main/schemes.ts does for every other one. Electron takes them once, so the two lists are one list.
const { protocol } = require('electron');

protocol.registerSchemesAsPrivileged([
  { scheme: 'studio', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  { scheme: 'studio-image', privileges: { standard: true, secure: true, stream: true } },
]);
