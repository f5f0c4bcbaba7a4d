import { buildPrograms } from '../support/build-programs.ts';

export type BuiltFakes = { readonly cli: string; readonly studio: string; remove(): Promise<void> };

/** Builds command line and studio service from the sources under test, with the fake engine. */
export const buildFakes = async (): Promise<BuiltFakes> => {
  const built = await buildPrograms({
    'fake-engine': 'test/fakes/fake-engine.ts',
    'fake-studio': 'test/fakes/fake-studio.ts',
    'fake-cli': 'test/fakes/fake-cli.ts',
  });
  return {
    cli: built.program('fake-cli'),
    studio: built.program('fake-studio'),
    remove: () => built.remove(),
  };
};
