// One triangle that covers the viewport; no attributes. Nothing flips here: tiles and pictures are stored with row 0 at the
// top, so gl_FragCoord.y counts rows downwards in them; only present.frag.glsl, which draws to the canvas, turns y over.
void main() {
  vec2 corner = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2);
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}
