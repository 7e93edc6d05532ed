// Small stand-ins of the hosts that shaders are exported for: what each of them puts around a text before it is compiled, as its
// documentation or source says.

import type { Page } from 'puppeteer'

/** A program that draws one triangle over the canvas, whose corners go from (0, 0) at the lower left of the canvas to (1, 1), and what it is given. */
export interface Drawing {
  readonly vertex: string
  readonly fragment: string
  readonly uniforms: Readonly<Record<string, readonly number[]>>
  readonly width: number
  readonly height: number
}

const ES3 = '#version 300 es\n'
const VERTEX = 'in vec2 corner;\nvoid main() { gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0); }'

type Uniforms = Drawing['uniforms']
type Size = Pick<Drawing, 'width' | 'height'>

/** https://www.shadertoy.com/howto */
export function inShadertoy(text: string, size: Size, uniforms: Uniforms = {}): Drawing {
  const fragment = `${ES3}precision highp float;
uniform vec3 iResolution;
uniform float iTime;
uniform vec4 iMouse;
out vec4 outColor;
${text}
void main() {
  vec4 color = vec4(1e20);
  mainImage(color, gl_FragCoord.xy);
  outColor = vec4(color.xyz, 1.0);
}`
  return {
    vertex: ES3 + VERTEX,
    fragment,
    uniforms: { iResolution: [size.width, size.height, 1], ...uniforms },
    ...size,
  }
}

/** https://github.com/patriciogonzalezvivo/glslCanvas: WebGL 1, the text as it is. */
export function inGlslCanvas(text: string, size: Size, uniforms: Uniforms = {}): Drawing {
  const vertex = VERTEX.replace('in ', 'attribute ')
  return { vertex, fragment: text, uniforms: { u_resolution: [size.width, size.height], ...uniforms }, ...size }
}

/**
 * What WebGLProgram puts around a ShaderMaterial, in three r187: GLSL 3 under the names of GLSL 1, and the chunk that ends in the colour space
 * of the output, sRGB.
 */
export function inThree(
  material: { vertexShader: string; fragmentShader: string },
  size: Size,
  uniforms: Uniforms,
): Drawing {
  const vertex = `${ES3}#define attribute in
#define varying out
precision highp float;
uniform mat4 modelViewMatrix;
uniform mat4 projectionMatrix;
in vec2 corner;
#define uv corner
#define position vec3(corner * 2.0 - 1.0, 0.0)
${material.vertexShader}`
  const fragment = `${ES3}#define varying in
precision highp float;
layout(location = 0) out highp vec4 pc_fragColor;
#define gl_FragColor pc_fragColor
vec4 linearToOutputTexel(vec4 value) {
  return vec4(mix(pow(value.rgb, vec3(0.41666)) * 1.055 - vec3(0.055), value.rgb * 12.92, vec3(lessThanEqual(value.rgb, vec3(0.0031308)))), value.a);
}
${material.fragmentShader.replace('#include <colorspace_fragment>', 'gl_FragColor = linearToOutputTexel( gl_FragColor );')}`
  const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
  return { vertex, fragment, uniforms: { modelViewMatrix: identity, projectionMatrix: identity, ...uniforms }, ...size }
}

/** https://p5js.org: runs the sketch with what it calls of p5, after turns of the wheel in the middle, and draws its plane as p5 does, y downwards. */
export function inP5(text: string, size: Size, wheel: readonly number[] = []): Drawing {
  const uniforms: Record<string, readonly number[]> = {}
  const given = {
    WEBGL: 'webgl',
    windowWidth: size.width,
    windowHeight: size.height,
    width: size.width,
    height: size.height,
    mouseX: size.width / 2,
    mouseY: size.height / 2,
    createCanvas: () => {},
    noStroke: () => {},
    shader: () => {},
    plane: () => {},
    createShader: (vertex: string, fragment: string) => ({
      vertex,
      fragment,
      setUniform: (name: string, value: number | readonly number[]) => {
        uniforms[name] = [value].flat()
      },
    }),
  }
  const run = new Function(...Object.keys(given), `${text}; return { setup, draw, mouseWheel, shaders: () => flag }`)
  const sketch = run(...Object.values(given)) as {
    setup(): void
    draw(): void
    mouseWheel(event: { delta: number }): void
    shaders(): { vertex: string; fragment: string }
  }
  sketch.setup()
  for (const delta of wheel) sketch.mouseWheel({ delta })
  sketch.draw()
  const { vertex, fragment } = sketch.shaders()
  const standIn = vertex
    .replace('attribute vec3 aPosition;', 'attribute vec2 corner;\n#define aPosition vec3(corner - 0.5, 0.0)')
    .replace('attribute vec2 aTexCoord;', '#define aTexCoord corner')
  return {
    vertex: standIn,
    fragment,
    uniforms: {
      ...uniforms,
      uModelViewMatrix: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
      uProjectionMatrix: [2, 0, 0, 0, 0, -2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    },
    ...size,
  }
}

/** https://docs.derivative.ca/Write_a_GLSL_TOP: what is declared before the pixel shader. */
export function inTouchDesigner(text: string, size: Size, uniforms: Uniforms = {}): Drawing {
  return {
    vertex: `${ES3}in vec2 corner;\nout vec3 vUV;\nvoid main() { vUV = vec3(corner, 0.0); gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0); }`,
    fragment: `${ES3}precision highp float;
struct TDTexInfo { vec4 res; vec4 depth; };
uniform vec4 res;
#define uTDOutputInfo TDTexInfo(res, vec4(0.0))
in vec3 vUV;
vec4 TDOutputSwizzle(vec4 c) { return c; }
${text}`,
    uniforms: { res: [1 / size.width, 1 / size.height, size.width, size.height], ...uniforms },
    ...size,
  }
}

/** Compiles and draws on a page. @returns [height * width, 3] levels, row 0 at the top */
export async function draw(page: Page, drawing: Drawing): Promise<number[]> {
  return await page.evaluate(({ vertex, fragment, uniforms, width, height }) => {
    const canvas = Object.assign(document.createElement('canvas'), { width, height })
    const gl = canvas.getContext('webgl2', { antialias: false })
    if (!gl) throw new Error('no WebGL2')
    const program = gl.createProgram()
    for (const [type, source] of [
      [gl.VERTEX_SHADER, vertex],
      [gl.FRAGMENT_SHADER, fragment],
    ] as const) {
      const shader = gl.createShader(type) as WebGLShader
      gl.shaderSource(shader, source)
      gl.compileShader(shader)
      if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader) ?? 'no log')
      gl.attachShader(program, shader)
    }
    gl.bindAttribLocation(program, 0, 'corner')
    gl.linkProgram(program)
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) ?? 'no log')
    gl.useProgram(program)
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer())
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, 0, 2, 0, 0, 2]), gl.STATIC_DRAW)
    gl.enableVertexAttribArray(0)
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0)
    for (const [name, value] of Object.entries(uniforms)) {
      const at = gl.getUniformLocation(program, name)
      if (value.length === 16) gl.uniformMatrix4fv(at, false, value)
      else gl[`uniform${value.length as 1 | 2 | 3 | 4}fv`](at, value)
    }
    gl.drawArrays(gl.TRIANGLES, 0, 3)
    const upward = new Uint8Array(width * height * 4)
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, upward)
    const levels: number[] = []
    for (let row = height - 1; row >= 0; row--)
      for (let column = 0; column < width; column++) {
        const at = 4 * (row * width + column)
        levels.push(upward[at], upward[at + 1], upward[at + 2])
      }
    gl.getExtension('WEBGL_lose_context')?.loseContext()
    return levels
  }, drawing)
}
