// @ts-check

/** A step that cannot go on, with the command or act that mends it. */
export class SetupFailure extends Error {
  /**
   * @param {string} message what is missing
   * @param {string} remedy what to do about it
   */
  constructor(message, remedy) {
    super(message);
    this.name = 'SetupFailure';
    this.remedy = remedy;
  }
}
