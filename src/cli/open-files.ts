// Too few open files allowed (`ulimit -n 20`): Node takes some 17 for itself, and each module that is loaded takes one for a moment.

/** Why a call cannot be answered here, or null when that is not the reason. */
export function tooFewOpenFiles(error: unknown): string | null {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  return code === 'EMFILE' || code === 'ENFILE' ? `too few files may be open (${code}): try ulimit -n 1024` : null
}
