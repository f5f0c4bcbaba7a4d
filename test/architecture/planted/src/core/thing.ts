import './other.ts';
export type Thing = { readonly name: string };
export const thing: Thing = { name: 'thing' };
