/** What the launcher of the real services cannot do, in a sentence that names what to do about it. */
export class LauncherError extends Error {
  override readonly name = 'LauncherError';
}
