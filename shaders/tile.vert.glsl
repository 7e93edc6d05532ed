// What a tile is drawn with: a triangle that covers the viewport, as in screen.vert.glsl, or a point for each part of a block of
// pixels that is marked in a mask (src/gpu/coherent-maker.ts). What is not marked is moved out of sight, so nobody reads
// the mask back. A texel holds LANES pixels of a row, so a block of n x n pixels is LANES squares of n / LANES texels, one below
// the other; points, as two triangles would shade the texels along their diagonal twice.
uniform highp sampler2D uMask;
// Blocks a row, and texels along an edge of a point; 0 for the triangle.
uniform ivec2 uPoints;
// Texels of the viewport.
uniform vec2 uTexels;

void main() {
  if (uPoints.y == 0) {
    vec2 corner = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2);
    gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
    gl_PointSize = 1.0;
    return;
  }
  int block = gl_VertexID / LANES;
  ivec2 place = ivec2(block % uPoints.x, block / uPoints.x);
  vec2 centre = (vec2(place.x, place.y * LANES + gl_VertexID % LANES) + 0.5) * float(uPoints.y);
  bool isMarked = texelFetch(uMask, place, 0).r > 0.5;
  gl_Position = isMarked ? vec4(centre / uTexels * 2.0 - 1.0, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
  gl_PointSize = float(uPoints.y);
}
