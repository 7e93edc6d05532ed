// The few error classes of vexel. A message is one line: what, where, expected, got, and the cure if there is one.

/** Thrown when a file or a value given by a person is wrong: retrying with the same input is useless. */
export class FormatError extends Error {
  override readonly name = 'FormatError'
}

/** Thrown when the input is right but this machine, browser or device lacks what it needs (a limit, WebGL2, a browser). */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError'
}

/** The file is right, and does not say all that it takes to draw it. */
export class UnsaidError extends FormatError {
  /** @param layers what it does say, for people: `linear 2-32-32-3` */
  constructor(
    message: string,
    readonly layers: string,
  ) {
    super(message)
  }
}
