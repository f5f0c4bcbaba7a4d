import { userInfo } from 'node:os';

/** Who works here, for the history: the name that the system knows the person by. */
export const whoAmI = (): string => {
  try {
    return userInfo().username;
  } catch {
    // A process without an entry in the system's list of users.
    return process.env['USER'] ?? 'unknown';
  }
};
