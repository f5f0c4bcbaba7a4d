/** The weights of a model cannot be used. The message is a sentence that says what was found and what to do. */
export class ModelUnusable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ModelUnusable';
  }
}
