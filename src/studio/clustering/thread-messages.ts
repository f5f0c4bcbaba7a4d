import type { ClusterWork } from './work.ts';

/** What can be asked of the thread. */
export type Question = keyof ClusterWork;
export type Given<Asked extends Question> = Parameters<ClusterWork[Asked]>[0];
export type Answer<Asked extends Question> = Awaited<ReturnType<ClusterWork[Asked]>>;

/** To the thread: one question, answered before the next is asked; or that nobody waits for its answer any more. */
export type ThreadRequest =
  | { readonly [Asked in Question]: { readonly kind: Asked; readonly given: Given<Asked> } }[Question]
  | { readonly kind: 'stop' };

/** From the thread. */
export type ThreadMessage =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'answer'; readonly answer: unknown }
  | { readonly kind: 'stopped' }
  /** A sentence for people, or a fault of the program. */
  | { readonly kind: 'failed' | 'fault'; readonly message: string };
