// A tile of raw values, the head's outputs or the four units of a tap's quad, bit-exact: floats leave as their bits through RGBA32UI targets, one a lane.
// The cell's centre, in pixels from the view's top left corner.
uniform vec2 uCentre;
// The pixel that the first texel of the targets stands for.
uniform vec2 uOrigin;

layout(location = 0) out highp uvec4 rawLane0;
layout(location = 1) out highp uvec4 rawLane1;
layout(location = 2) out highp uvec4 rawLane2;
layout(location = 3) out highp uvec4 rawLane3;

void main() {
  vec2 block = floor(gl_FragCoord.xy) * vec2(4.0, 1.0) + uOrigin;
  mat4 raw = evaluateNetwork(block + 0.5 - uCentre, 1.0);
  rawLane0 = floatBitsToUint(raw[0]);
  rawLane1 = floatBitsToUint(raw[1]);
  rawLane2 = floatBitsToUint(raw[2]);
  rawLane3 = floatBitsToUint(raw[3]);
}
