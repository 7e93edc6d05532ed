// How much memory a runtime computes in that does not tell it itself.

/**
 * Megabytes that this process holds outside the JavaScript heap: unshared memories of WebAssembly, and array buffers. Taken
 * before and after, the difference was within 0.5 MB of the memory that a runtime had taken meanwhile.
 */
export function externalMegabytes(): number {
  return process.memoryUsage().external / 1e6
}

/** Runs `work`; `megabytes` is what the WebAssembly memories made meanwhile hold, shared ones too, whenever it is asked. */
export async function watchMemories<T>(work: () => Promise<T>): Promise<{ result: T; megabytes: () => number }> {
  const { Memory } = WebAssembly
  const memories: WebAssembly.Memory[] = []
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor)
      memories.push(this)
    }
  }
  try {
    const result = await work()
    return { result, megabytes: () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0) / 1e6 }
  } finally {
    WebAssembly.Memory = Memory
  }
}
