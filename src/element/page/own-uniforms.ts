// Setting the uniforms of the few types that vexel's shaders have. In place of twgl.js, which knows all types there are: a page of one file counts its
// bytes.

/** What twgl calls a ProgramInfo, as much of it as is used. */
interface ProgramInfo {
  readonly program: WebGLProgram
  readonly setters: ReadonlyMap<string, (value: never) => void>
}

/** Twin: createProgramInfoFromProgram() of twgl. */
export function createProgramInfoFromProgram(gl: WebGL2RenderingContext, program: WebGLProgram): ProgramInfo {
  const setters = new Map<string, (value: never) => void>()
  let unit = 0
  const count = gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS) as number
  for (let i = 0; i < count; i++) {
    const { name, type } = gl.getActiveUniform(program, i) as WebGLActiveInfo
    const at = gl.getUniformLocation(program, name)
    // Those of a block have no place of their own.
    if (at)
      setters.set(
        name.replace('[0]', ''),
        setterOf(gl, type, at, () => unit++),
      )
  }
  return { program, setters }
}

/** Twin: setUniforms() of twgl: a list for a vector or an array, a texture for a sampler. */
export function setUniforms({ setters }: ProgramInfo, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) setters.get(name)?.(value as never)
}

function setterOf(gl: WebGL2RenderingContext, type: number, at: WebGLUniformLocation, nextUnit: () => number) {
  switch (type) {
    case gl.FLOAT:
      return (value: number) => gl.uniform1f(at, value)
    case gl.FLOAT_VEC2:
      return (value: number[]) => gl.uniform2fv(at, value)
    case gl.FLOAT_VEC3:
      return (value: number[]) => gl.uniform3fv(at, value)
    case gl.FLOAT_VEC4:
      return (value: number[]) => gl.uniform4fv(at, value)
    case gl.INT:
    case gl.BOOL:
      return (value: number) => gl.uniform1i(at, value)
    case gl.INT_VEC2:
      return (value: number[]) => gl.uniform2iv(at, value)
    case gl.SAMPLER_2D:
    case gl.UNSIGNED_INT_SAMPLER_2D:
      return textureSetter(gl, gl.TEXTURE_2D, at, nextUnit())
    case gl.SAMPLER_2D_ARRAY:
      return textureSetter(gl, gl.TEXTURE_2D_ARRAY, at, nextUnit())
    default:
      throw new Error(`a uniform of type ${type}: no shader of vexel had one`)
  }
}

function textureSetter(gl: WebGL2RenderingContext, target: number, at: WebGLUniformLocation, unit: number) {
  return (texture: WebGLTexture) => {
    gl.uniform1i(at, unit)
    gl.activeTexture(gl.TEXTURE0 + unit)
    gl.bindTexture(target, texture)
  }
}
