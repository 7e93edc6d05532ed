// Ctrl-C for work that can be gone on with: it stops at its next step and is kept.

import { constants } from 'node:os'

/** A closed terminal, Ctrl-C, Ctrl-\, and what a system sends before it kills. */
const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'] as const

/** The exit code of a process that a signal has ended, as shells have it. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + (constants.signals[signal] ?? 0)
}

/** Remembers the first signal that asks for an end; a second one ends the process as usual. */
export function listenForInterrupts() {
  const interrupt = { signal: null as NodeJS.Signals | null, stop: () => {} }
  const onSignal = (signal: NodeJS.Signals) => {
    interrupt.signal = signal
    interrupt.stop()
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  interrupt.stop = () => {
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
  return interrupt
}
