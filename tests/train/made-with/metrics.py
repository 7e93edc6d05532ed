# From scikit-image 0.19.3 and SciPy 1.10.1 writes ../fixtures/metrics.json: two small pictures, how near they are, and one
# of them blurred. Run in this folder.
import json
import numpy as np
from scipy.ndimage import gaussian_filter
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

random = np.random.default_rng(7)
height, width = 19, 26
y, x = np.mgrid[0:height, 0:width]
image = np.zeros((height, width, 3), np.uint8)
image[...] = (204, 0, 1)
image[(y // 3) % 2 == 1] = 255
image[(y < 10) & (x < 13)] = (0, 0, 102)
image[(x - 6) ** 2 + (y - 5) ** 2 < 12] = (255, 204, 0)
noise = random.normal(0, 12, image.shape) + 30 * (random.random((height, width, 1)) < 0.05)
net = np.clip(np.roll(image, 1, axis=1) * 0.3 + image * 0.7 + noise, 0, 255).round().astype(np.uint8)

a, b = net / 255.0, image / 255.0
luma = [picture @ np.array([0.299, 0.587, 0.114]) for picture in (a, b)]
_, ssim_map = structural_similarity(
    *luma, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1, full=True
)
worst = np.abs(a - b).max(axis=2)
blurred = {
    str(sigma): np.stack([gaussian_filter(b[..., c], sigma, mode="nearest", truncate=4) for c in range(3)], -1)
    for sigma in (0.6, 1, 3, 8)
}
json.dump(
    {
        "source": "scikit-image 0.19.3, SciPy 1.10.1",
        "width": width,
        "height": height,
        "image_levels": image.ravel().tolist(),
        "net_levels": net.ravel().tolist(),
        "psnr": peak_signal_noise_ratio(b, a, data_range=1),
        "ssim": ssim_map[5:-5, 5:-5].mean(),
        "maxError": worst.max(),
        "badShare": (worst > 0.1).mean(),
        # Every 7th value is enough.
        "image_blurred_every_7th": {sigma: p.ravel()[::7].round(9).tolist() for sigma, p in blurred.items()},
    },
    open("../fixtures/metrics.json", "w"),
)
