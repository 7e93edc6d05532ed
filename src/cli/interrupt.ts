// Ctrl-C and its kin for commands that leave something to tidy up.

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs work whose signal is aborted when the process is asked to end. Once the work has tidied up and settled, the process
 * ends as it was asked to; asked twice it ends at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  let asked: NodeJS.Signals | null = null
  const stop = () => {
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
  const onSignal = (signal: NodeJS.Signals) => {
    stop()
    asked = signal
    controller.abort(new Error(`ended by ${signal}`))
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  try {
    return await work(controller.signal)
  } finally {
    stop()
    if (asked) process.kill(process.pid, asked)
  }
}
