/** Receives one line of progress at a time. */
export type Log = (line: string) => void
