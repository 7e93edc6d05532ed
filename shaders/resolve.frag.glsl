// Unpacks a tile from the scratch texture, four blocks a texel, into the picture of its level, a texel a block.
uniform highp usampler2D uScratch;

out vec4 fragColour;

void main() {
  ivec2 block = ivec2(gl_FragCoord.xy);
  uint packedColour = texelFetch(uScratch, ivec2(block.x >> 2, block.y), 0)[block.x & 3];
  fragColour = vec4(uvec4(packedColour, packedColour >> 8, packedColour >> 16, packedColour >> 24) & 255u) / 255.0;
}
