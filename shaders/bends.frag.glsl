// Which nodes of a lattice are not what the cubic through the four around them says, along a row or a column, a texel a node. The
// nodes it is held against are one and three away: what is put in between of nodes that pass is some eight times as near.
uniform highp sampler2D uNodes;
// How far off a node may be, in the range of the colours.
uniform float uTolerance;

out vec4 fragColour;

vec3 nodeAt(ivec2 node) {
  return texelFetch(uNodes, clamp(node, ivec2(0), textureSize(uNodes, 0) - 1), 0).rgb;
}

vec3 expected(ivec2 node, ivec2 along) {
  return 0.5625 * (nodeAt(node - along) + nodeAt(node + along)) - 0.0625 * (nodeAt(node - 3 * along) + nodeAt(node + 3 * along));
}

void main() {
  ivec2 node = ivec2(gl_FragCoord.xy);
  vec3 colour = nodeAt(node);
  vec3 off = max(abs(colour - expected(node, ivec2(1, 0))), abs(colour - expected(node, ivec2(0, 1))));
  fragColour = vec4(max(off.r, max(off.g, off.b)) <= uTolerance ? 0.0 : 1.0);
}
