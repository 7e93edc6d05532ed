// Unpacks a tile from the scratch texture, one, two or four blocks a texel, into the picture of its level, a texel a block.
uniform highp usampler2D uScratch;
// Binary logarithm of the blocks a texel.
uniform int uLaneBits;

out vec4 fragColour;

void main() {
  ivec2 block = ivec2(gl_FragCoord.xy);
  uint packedColour = texelFetch(uScratch, ivec2(block.x >> uLaneBits, block.y), 0)[block.x & ((1 << uLaneBits) - 1)];
  fragColour = vec4(uvec4(packedColour, packedColour >> 8, packedColour >> 16, packedColour >> 24) & 255u) / 255.0;
}
