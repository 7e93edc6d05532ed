// Unpacks the nodes of a lattice, LANES a texel with ten bits a channel, into a texture of one a texel.
uniform highp usampler2D uScratch;
uniform int uLaneBits;

out vec4 fragColour;

void main() {
  ivec2 node = ivec2(gl_FragCoord.xy);
  uint packedColour = texelFetch(uScratch, ivec2(node.x >> uLaneBits, node.y), 0)[node.x & ((1 << uLaneBits) - 1)];
  fragColour = vec4(vec3(uvec3(packedColour, packedColour >> 10, packedColour >> 20) & 1023u) / 1023.0, 1.0);
}
