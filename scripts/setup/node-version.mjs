const LEAST = [20, 19];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1])) {
  console.error(
    'FaceNet Studio needs Node ' +
      LEAST.join('.') +
      ' or newer, and this is ' +
      process.versions.node +
      ': install it from https://nodejs.org.',
  );
  process.exit(1);
}
