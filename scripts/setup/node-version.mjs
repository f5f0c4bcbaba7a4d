const LEAST_MAJOR = 20;
const LEAST_MINOR = 19;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < LEAST_MAJOR || (major === LEAST_MAJOR && minor < LEAST_MINOR)) {
  console.error(
    'FaceNet Studio needs Node ' +
      String(LEAST_MAJOR) +
      '.' +
      String(LEAST_MINOR) +
      ' or newer, and this is ' +
      process.versions.node +
      ': install it from https://nodejs.org.',
  );
  process.exit(1);
}
