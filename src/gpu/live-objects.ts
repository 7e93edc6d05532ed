// Counts the GPU objects that are alive, by wrapping the context's own create and delete functions: whoever makes an
// object (twgl too) is counted, and a leak shows as a number that grows.

const KINDS = [
  'Texture',
  'Framebuffer',
  'Renderbuffer',
  'Buffer',
  'VertexArray',
  'Program',
  'Shader',
  'Sampler',
  'Query',
] as const

/** A function returning how many GPU objects of a context are alive: made and not yet deleted. */
export type LiveObjectCount = () => number

/** Wraps the context; call once, before anything is made. Syncs are counted, too. */
export function countLiveObjects(gl: WebGL2RenderingContext): LiveObjectCount {
  const live = new Set<unknown>()
  const wrap = (create: string, remove: string) => {
    const target = gl as unknown as Record<string, (...args: unknown[]) => unknown>
    const originalCreate = target[create].bind(gl)
    const originalRemove = target[remove].bind(gl)
    target[create] = (...args) => {
      const object = originalCreate(...args)
      if (object) live.add(object)
      return object
    }
    target[remove] = (object, ...rest) => {
      live.delete(object)
      return originalRemove(object, ...rest)
    }
  }
  for (const kind of KINDS) wrap(`create${kind}`, `delete${kind}`)
  wrap('fenceSync', 'deleteSync')
  // A lost context has taken its objects along; deleting them again is neither needed nor always possible.
  gl.canvas.addEventListener('webglcontextlost', () => live.clear())
  return () => live.size
}
