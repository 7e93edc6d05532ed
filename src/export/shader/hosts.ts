// The shader of a flag for each host, as that host documents its own dialect: text to be pasted, and no file beside it.

import { WGSL } from './dialect.js'
import { aspectText, flagText } from './flag-text.js'
import { aspectNumber, fitted, header, type HostText } from './host-text.js'
import { p5 } from './p5.js'
import { touchdesigner } from './touchdesigner.js'

/** https://www.shadertoy.com/howto: iResolution, and iMouse, which keeps the last drag (xy) and where it began (zw, its sign the button's). */
const shadertoy: HostText = (subject, folded, note) => `${header(subject, note, [
  'For shadertoy.com: paste it over all that stands in a new shader.',
  'Press on a point of the picture and drag upwards to fly into it, downwards to fly out; a click shows the whole.',
])}

${flagText(folded, subject.frame)}

void mainImage(out vec4 fragColor, in vec2 fragCoord) {
  // Pixels from the middle of the canvas, about which point it is magnified, and how many times.
  vec2 pixel = fragCoord - 0.5 * iResolution.xy;
  vec2 anchor = abs(iMouse.zw) - 0.5 * iResolution.xy;
  float zoom = exp2(8.0 * (iMouse.y - abs(iMouse.w)) / iResolution.y);
  pixel = anchor + (pixel - anchor) / zoom;
${fitted('iResolution', aspectText(subject.frame))}
  fragColor = vec4(flagColour(uv), 1.0);
}
`

/** https://github.com/patriciogonzalezvivo/glslCanvas, glslViewer and The Book of Shaders: u_resolution and u_mouse, pixels from the lower left. */
const glsl: HostText = (subject, folded, note) => `#ifdef GL_ES
precision highp float;
#endif
${header(subject, note, [
  'A fragment shader in GLSL ES 1.00 (WebGL 1 and 2) with the uniforms of glslCanvas, glslViewer and The Book of Shaders.',
  'Under the mouse is a magnifying glass. A host of your own may set u_center (0 to 1, from the top left) and u_zoom: unset is the whole.',
])}

uniform vec2 u_resolution;
uniform vec2 u_mouse;
uniform vec2 u_center;
uniform float u_zoom;

${flagText(folded, subject.frame)}

void main() {
  // Pixels from the middle of the canvas; a host that sets nothing leaves zeros.
  vec2 pixel = gl_FragCoord.xy - 0.5 * u_resolution;
  vec2 fromMouse = gl_FragCoord.xy - u_mouse;
  if (u_mouse.x > 0.0 && length(fromMouse) < 0.18 * u_resolution.y) pixel -= 0.75 * fromMouse;
  if (u_zoom > 0.0) pixel /= u_zoom;
${fitted('u_resolution', aspectText(subject.frame))}
  if (u_zoom > 0.0) uv += u_center - 0.5;
  gl_FragColor = vec4(flagColour(uv), 1.0);
}
`

/** https://threejs.org/docs/#api/en/materials/ShaderMaterial: position, uv and the matrices are given; colours are linear until colorspace_fragment. */
const three: HostText = (subject, folded, note) => `${header(subject, note, [
  'A module for three.js (r154 or newer, WebGLRenderer):',
  '',
  "  import { aspect, createFlagMaterial, zoomAt } from './flag.js'",
  '  const flag = new Mesh(new PlaneGeometry(aspect, 1), createFlagMaterial())',
  '  // where the mouse is over it, by a Raycaster: zoomAt(flag.material, intersection.uv, event.deltaY < 0 ? 1.25 : 0.8)',
])}

import { ShaderMaterial, Vector2 } from 'three'

/** Width : height of the flag. */
export const aspect = ${aspectNumber(subject.frame)}

const vertexShader = \`
varying vec2 vUv;
void main() {
  vUv = uv;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}
\`

const fragmentShader = \`
uniform vec2 uCentre;
uniform float uZoom;
varying vec2 vUv;

${flagText(folded, subject.frame)}

// The net paints sRGB; three computes in linear light until the end.
vec3 linearOf(vec3 c) {
  return mix(c / 12.92, pow((c + 0.055) / 1.055, vec3(2.4)), step(0.04045, c));
}

void main() {
  // uv counts from the lower left corner: y turns over here.
  vec2 seen = uCentre + (vUv - 0.5) / uZoom;
  gl_FragColor = vec4(linearOf(flagColour(vec2(seen.x, 1.0 - seen.y))), 1.0);
  #include <colorspace_fragment>
}
\`

/** Makes the material of a flag; its uniforms are what is seen: uCentre (uv in the middle) and uZoom (1: the whole). */
export function createFlagMaterial() {
  return new ShaderMaterial({
    vertexShader,
    fragmentShader,
    toneMapped: false,
    uniforms: { uCentre: { value: new Vector2(0.5, 0.5) }, uZoom: { value: 1 } },
  })
}

/** Magnifies what is seen; the point under uv, of the mesh, stays where it is. */
export function zoomAt(material, uv, factor) {
  const { uCentre, uZoom } = material.uniforms
  const zoom = Math.max(1, uZoom.value * factor)
  const shift = 1 / uZoom.value - 1 / zoom
  uCentre.value.set(uCentre.value.x + (uv.x - 0.5) * shift, uCentre.value.y + (uv.y - 0.5) * shift)
  uZoom.value = zoom
}
`

/** https://www.w3.org/TR/WGSL/: pixels count from the upper left corner, so nothing turns over. */
const wgsl: HostText = (subject, folded, note) => `${header(subject, note, [
  'For WebGPU: one module, draw(3) vertices of a triangle list without any buffer of vertices, and one uniform buffer of 32 bytes.',
])}

struct View {
  // Of the target, in pixels.
  size: vec2f,
  // What is in the middle: (0.5, 0.5) for the whole picture, (0, 0) for its top left corner.
  centre: vec2f,
  // 1 for the whole picture.
  zoom: f32,
}

@group(0) @binding(0) var<uniform> view: View;

${flagText(folded, subject.frame, WGSL)}

@vertex
fn vertexMain(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
  return vec4f(f32(index & 1u) * 4.0 - 1.0, f32(index >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

// The colour is sRGB as it is displayed: the target is rgba8unorm or bgra8unorm, not one of the -srgb formats.
@fragment
fn fragmentMain(@builtin(position) position: vec4f) -> @location(0) vec4f {
  // Pixels from the middle; the picture is fitted into the target.
  let pixel = (position.xy - 0.5 * view.size) / view.zoom;
  let height = min(view.size.y, view.size.x / ${aspectText(subject.frame)});
  let uv = view.centre + vec2f(pixel.x / ${aspectText(subject.frame)}, pixel.y) / height;
  return vec4f(flagColour(uv), 1.0);
}
`

/** By what `--for` calls them. */
export const SHADER_HOSTS = { shadertoy, glsl, three, p5, touchdesigner, wgsl } as const

export type ShaderHost = keyof typeof SHADER_HOSTS
