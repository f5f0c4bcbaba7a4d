import { unusable } from '../failure.ts';

const MOST_NAME_CHARACTERS = 200;

/** A name that an export can make a folder of. @throws UNUSABLE */
export const checkedName = (given: string): string => {
  const name = given.trim();
  if (name === '' || name === '.' || name === '..' || /[/\\\u0000-\u001f]/.test(name))
    throw unusable(`"${given}" cannot be the name of an identity: it must be a name that a folder can have.`);
  if (name.length > MOST_NAME_CHARACTERS)
    throw unusable(`The name is too long: ${String(MOST_NAME_CHARACTERS)} characters are the most.`);
  return name;
};
