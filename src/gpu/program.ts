// Compiling programs in parallel: the driver compiles while the page goes on, and is asked for the result when
// KHR_parallel_shader_compile says that it is there, or a moment later where the browser has no such extension.
//
// twgl reads the uniforms of a linked program. Its own asynchronous compile is not used: in twgl 7.0 a context that is lost
// meanwhile throws out of a timer (getAttachedShaders is null) and the promise never ends.

import * as twgl from 'twgl.js'
import screenVertex from '../../shaders/screen.vert.glsl?raw'
import { ContextLostError, ShaderError } from './errors.js'
import { VERSION_AND_PRECISION } from './shader-header.js'

/**
 * Compiles a full-screen program from a fragment source (with its #version line).
 * @throws ShaderError with log and source lines, ContextLostError when the context goes meanwhile
 */
export function createScreenProgram(gl: WebGL2RenderingContext, fragment: string): Promise<twgl.ProgramInfo> {
  return createProgram(gl, VERSION_AND_PRECISION + screenVertex, fragment)
}

/** As {@link createScreenProgram}, from a vertex source as well. */
export async function createProgram(
  gl: WebGL2RenderingContext,
  vertex: string,
  fragment: string,
): Promise<twgl.ProgramInfo> {
  const sources = [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const
  const program = gl.createProgram()
  const shaders = sources.map(([type, source]) => {
    const shader = gl.createShader(type)
    // In a lost context there is no shader, whatever the types say.
    if (shader) {
      gl.shaderSource(shader, source)
      gl.compileShader(shader)
      gl.attachShader(program, shader)
    }
    return shader
  })
  gl.linkProgram(program)
  try {
    await linked(gl, program)
    if (gl.isContextLost() || !gl.isProgram(program)) throw new ContextLostError()
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
      const logs = shaders.map((shader, i) => (shader ? numberedLog(gl.getShaderInfoLog(shader), sources[i][1]) : ''))
      throw new ShaderError([gl.getProgramInfoLog(program), ...logs].filter(Boolean).join('\n'))
    }
    return twgl.createProgramInfoFromProgram(gl, program)
  } catch (error) {
    gl.deleteProgram(program)
    throw error
  } finally {
    // A linked program needs its shaders no more.
    for (const shader of shaders) {
      if (shader) gl.detachShader(program, shader)
      gl.deleteShader(shader)
    }
  }
}

const POLL_MS = 4

/** Resolves when asking for the link's result will not block, or the context is lost. */
async function linked(gl: WebGL2RenderingContext, program: WebGLProgram): Promise<void> {
  const parallel = gl.getExtension('KHR_parallel_shader_compile')
  // Lost and restored between two looks, the context knows nothing of the program any more.
  const isLinked = () =>
    gl.isContextLost() ||
    !gl.isProgram(program) ||
    !parallel ||
    gl.getProgramParameter(program, parallel.COMPLETION_STATUS_KHR)
  do await new Promise(resolve => setTimeout(resolve, POLL_MS))
  while (!isLinked())
}

/** The driver's log with the source line under each complaint (`ERROR: 0:LINE: ...`). */
function numberedLog(log: string | null, source: string): string {
  const lines = source.split('\n')
  return (log ?? '')
    .split('\n')
    .map(complaint => {
      const line = /^\w+: \d+:(\d+)/.exec(complaint)?.[1]
      return line ? `${complaint}\n  ${line} | ${lines[Number(line) - 1]}` : complaint
    })
    .join('\n')
}
