// Ctrl-C for work that can be gone on with: it stops at its next step and is kept.

/** Remembers the first Ctrl-C or SIGTERM; a second one ends the process as usual. */
export function listenForInterrupts() {
  const interrupt = { signal: null as NodeJS.Signals | null, stop: () => {} }
  const onSignal = (signal: NodeJS.Signals) => {
    interrupt.signal = signal
    interrupt.stop()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  interrupt.stop = () => {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
  return interrupt
}
