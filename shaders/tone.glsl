// Raw head outputs to displayed colour. Twin: applyTone() in src/model/tone.ts.
// scale, offset, 1 for the logistic function, 1 to exchange red and blue.
uniform vec4 uTone;

vec3 displayedColour(vec4 raw) {
  vec3 value = raw.xyz * uTone.x + uTone.y;
  if (uTone.z > 0.5) value = 1.0 / (1.0 + exp(-clamp(value, -80.0, 80.0)));
  value = clamp(value, 0.0, 1.0);
  return uTone.w > 0.5 ? value.bgr : value;
}
