// Shows a picture on the canvas, moved and scaled as the camera has moved since it was made; a coarse one is magnified
// and smoothed by the sampler. The canvas counts rows from the bottom, pictures from the top: y flips here.
uniform sampler2D uPicture;
// Height of the canvas; where the picture lies on it: left, top, and canvas pixels a texel.
uniform float uCanvasHeight;
uniform vec3 uPlace;
// The texels that are shown: where they begin and how many. A coarse level fills only a part of its texture, and a still is
// one of many in its page.
uniform vec2 uFirst;
uniform vec2 uUsed;
// The picture is this very view: copy its texels as they are.
uniform bool uExact;

out vec4 fragColour;

void main() {
  vec2 pixel = vec2(gl_FragCoord.x, uCanvasHeight - gl_FragCoord.y);
  if (uExact) {
    fragColour = texelFetch(uPicture, ivec2(pixel), 0);
  } else {
    vec2 texel = clamp((pixel - uPlace.xy) / uPlace.z, vec2(0.5), uUsed - 0.5) + uFirst;
    fragColour = texture(uPicture, texel / vec2(textureSize(uPicture, 0)));
  }
}
