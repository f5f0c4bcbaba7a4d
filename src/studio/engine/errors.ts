import { ORPCError } from '@orpc/client';
import * as z from 'zod';

const EngineError = z.discriminatedUnion('code', [
  z.object({
    code: z.literal('ENGINE_UNAVAILABLE'),
    data: z.object({ reason: z.string(), advice: z.string() }),
  }),
  z.object({
    code: z.literal('CANNOT_WRITE'),
    data: z.object({ code: z.enum(['no-space', 'read-only', 'other']), message: z.string() }),
  }),
  z.object({ code: z.literal('MODEL_UNUSABLE'), data: z.object({ message: z.string() }) }),
  z.object({ code: z.literal('MODEL_REFUSED'), data: z.object({ message: z.string() }) }),
]);
type EngineError = z.infer<typeof EngineError>;

/** The error of the engine's contract that a rejected call carries; null for a lost connection and for bugs. */
export const engineError = (error: unknown): EngineError | null => {
  if (!(error instanceof ORPCError) || !error.defined) return null;
  const { code, data } = error as { readonly code: unknown; readonly data: unknown }; // oRPC types both as any
  const parsed = EngineError.safeParse({ code, data });
  return parsed.success ? parsed.data : null;
};
