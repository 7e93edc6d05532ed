// What an installation says while it takes its time.

/** Receives one line of progress at a time. */
export type Log = (line: string) => void
