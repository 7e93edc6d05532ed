// Which blocks are evaluated pixel by pixel, a texel a block: those of whose 3 x 3 nodes one bends. A block begins with every
// second node.
uniform highp sampler2D uBends;
// The first block's first node.
uniform int uFirst;

out vec4 fragColour;

void main() {
  ivec2 node = 2 * ivec2(gl_FragCoord.xy) + uFirst;
  float bend = 0.0;
  for (int row = 0; row < 3; row++)
    for (int column = 0; column < 3; column++) bend = max(bend, texelFetch(uBends, node + ivec2(column, row), 0).r);
  fragColour = vec4(bend);
}
