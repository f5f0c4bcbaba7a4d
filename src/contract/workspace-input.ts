import * as z from 'zod';

/** Which workspace: its folder. The first call opens it, for reading alone where it only reads. */
export const Workspace = z.strictObject({ workspace: z.string() });
