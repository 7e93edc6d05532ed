// Compiling programs in parallel: twgl polls KHR_parallel_shader_compile where the browser has it and looks only after
// the link where it has not.

import * as twgl from 'twgl.js'
import screenVertex from '../../shaders/screen.vert.glsl?raw'
import { ContextLostError, ShaderError } from './errors.js'
import { VERSION_AND_PRECISION } from './shader-header.js'

/**
 * Compiles a full-screen program from a fragment source (with its #version line).
 * @throws ShaderError with log and source lines, ContextLostError when the context goes meanwhile
 */
export async function createScreenProgram(gl: WebGL2RenderingContext, fragment: string): Promise<twgl.ProgramInfo> {
  let program: twgl.ProgramInfo
  try {
    program = await twgl.createProgramInfoAsync(gl, [VERSION_AND_PRECISION + screenVertex, fragment])
  } catch (error) {
    if (gl.isContextLost()) throw new ContextLostError()
    throw new ShaderError(String(error instanceof Error ? error.message : error))
  }
  if (gl.isContextLost()) throw new ContextLostError()
  // A linked program needs its shaders no more; twgl leaves them attached.
  for (const shader of gl.getAttachedShaders(program.program) ?? []) {
    gl.detachShader(program.program, shader)
    gl.deleteShader(shader)
  }
  return program
}
