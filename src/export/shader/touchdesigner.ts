// A flag as the pixel shader of a GLSL TOP in TouchDesigner.

import { aspectText, flagText } from './flag-text.js'
import { fitted, header, type HostText } from './host-text.js'

/** https://docs.derivative.ca/Write_a_GLSL_TOP: GLSL 3.30 and newer; vUV, uTDOutputInfo.res.zw and TDOutputSwizzle() are given, unset uniforms are 0. */
export const touchdesigner: HostText = (subject, folded, note) => `${header(subject, note, [
  'For TouchDesigner: the pixel shader of a GLSL TOP; its size is that of the TOP.',
  'On the page Vectors name uCenter (0 to 1, from the top left) and uZoom to fly: unset is the whole.',
])}

uniform vec2 uCenter;
uniform float uZoom;
out vec4 fragColor;

${flagText(folded, subject.frame)}

void main() {
  // Pixels from the middle.
  vec2 size = uTDOutputInfo.res.zw;
  vec2 pixel = (vUV.st - 0.5) * size;
  if (uZoom > 0.0) pixel /= uZoom;
${fitted('size', aspectText(subject.frame))}
  if (uZoom > 0.0) uv += uCenter - 0.5;
  fragColor = TDOutputSwizzle(vec4(flagColour(uv), 1.0));
}
`
