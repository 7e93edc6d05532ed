// A flag as a sketch for p5.js: one text for its editor, with a shader in it.

import { aspectText, flagText } from './flag-text.js'
import { aspectNumber, header, type HostText } from './host-text.js'

/** https://p5js.org/reference/p5/createShader/: aPosition, aTexCoord (from the top left) and the matrices are given; p5 makes WebGL 2 and takes GLSL ES 1.00. */
export const p5: HostText = (subject, folded, note) => `${header(subject, note, [
  'For p5.js: paste it over all of sketch.js, as in editor.p5js.org.',
  'The wheel flies in and out where the mouse is, a drag moves the picture, a double click shows the whole.',
])}

const vertexShader = \`
precision highp float;
attribute vec3 aPosition;
attribute vec2 aTexCoord;
uniform mat4 uModelViewMatrix;
uniform mat4 uProjectionMatrix;
varying vec2 vTexCoord;
void main() {
  vTexCoord = aTexCoord;
  gl_Position = uProjectionMatrix * uModelViewMatrix * vec4(aPosition, 1.0);
}
\`

const fragmentShader = \`
precision highp float;
uniform vec2 uSize;
uniform vec2 uCentre;
uniform float uZoom;
varying vec2 vTexCoord;

${flagText(folded, subject.frame)}

void main() {
  // Pixels from the middle; the picture is fitted into the canvas.
  vec2 pixel = (vTexCoord - 0.5) * uSize / uZoom;
  float height = min(uSize.y, uSize.x / ${aspectText(subject.frame)});
  gl_FragColor = vec4(flagColour(uCentre + vec2(pixel.x / ${aspectText(subject.frame)}, pixel.y) / height), 1.0);
}
\`

// Width : height of the flag.
const aspect = ${aspectNumber(subject.frame)}
// What is in the middle, from (0, 0), the top left corner of the flag, to (1, 1), and how many times it is magnified.
let centre = [0.5, 0.5]
let zoom = 1
let flag

function setup() {
  createCanvas(windowWidth, windowHeight, WEBGL)
  noStroke()
  flag = createShader(vertexShader, fragmentShader)
}

function draw() {
  shader(flag)
  flag.setUniform('uSize', [width, height])
  flag.setUniform('uCentre', centre)
  flag.setUniform('uZoom', zoom)
  plane(width, height)
}

// Moves the picture by pixels of it as a whole.
function moveBy(x, y) {
  const flagHeight = Math.min(height, width / aspect)
  centre = [centre[0] - x / (aspect * flagHeight), centre[1] - y / flagHeight]
}

function mouseWheel(event) {
  const next = Math.max(1, zoom * Math.exp(-0.003 * event.delta))
  const share = 1 / next - 1 / zoom
  moveBy((mouseX - width / 2) * share, (mouseY - height / 2) * share)
  zoom = next
  return false
}

function mouseDragged() {
  moveBy((mouseX - pmouseX) / zoom, (mouseY - pmouseY) / zoom)
  return false
}

function doubleClicked() {
  centre = [0.5, 0.5]
  zoom = 1
}

function windowResized() {
  resizeCanvas(windowWidth, windowHeight)
}
`
