/**
 * The content security policy of the window, the same in both shells: our own scripts and styles, our own pictures, and
 * nothing from anywhere else. Style attributes are allowed because components place their parts with them.
 * `pictures` and `connections` are sources in the policy's own syntax.
 */
export const contentSecurityPolicy = (allowed: {
  readonly pictures: string;
  readonly connections: string;
}): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "style-src-elem 'self'",
    "style-src-attr 'unsafe-inline'",
    "font-src 'self'",
    "worker-src 'self'",
    `img-src ${allowed.pictures}`,
    `connect-src ${allowed.connections}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
