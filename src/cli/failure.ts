// Exit codes and how a failure is told: one line on stderr.

import { CommanderError } from '@commander-js/extra-typings'
import { FormatError, UnsupportedError } from '../model/errors.js'
import { tooFewOpenFiles } from './open-files.js'

export const EXIT = { ok: 0, badInput: 1, badCall: 2, machine: 3 } as const

/** Thrown when the call itself is wrong: an option's value, options that exclude each other. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Runs `parse` on an option's text; what it refuses is a wrong call, naming the option. */
export function optionValue<T>(flag: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof FormatError) throw new UsageError(`${flag} ${text}: ${error.message}`)
    throw error
  }
}

/** The exit code and the one line for whatever was thrown; null for what commander has said itself. */
export function describeFailure(error: unknown): { code: number; line: string | null } {
  if (error instanceof CommanderError) return { code: error.exitCode === 0 ? EXIT.ok : EXIT.badCall, line: null }
  const line = (error instanceof Error ? error.message : String(error)).split('\n')[0]
  if (error instanceof UsageError) return { code: EXIT.badCall, line }
  if (error instanceof UnsupportedError) return { code: EXIT.machine, line }
  if (error instanceof FormatError) return { code: EXIT.badInput, line }
  const tooFew = tooFewOpenFiles(error)
  if (tooFew !== null) return { code: EXIT.machine, line: tooFew }
  // Anything else is a mistake of ours: say where, so that it can be reported.
  const at = error instanceof Error ? error.stack?.split('\n')[1]?.trim() : undefined
  return { code: EXIT.machine, line: `internal error: ${line}${at ? ` (${at})` : ''}` }
}
