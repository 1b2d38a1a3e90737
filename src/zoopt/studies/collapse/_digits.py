"""Handwritten digits with augmentations: shifts by a pixel, and noise."""

from dataclasses import dataclass

import numpy as np

import zoopt
from zoopt._arguments import FloatArray
from zoopt.compare._data import dataset
from zoopt.studies.collapse._linear import Siamese

SIDE = 8
SHIFTS = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))
TRAIN_SHARE = 0.7
_CHOICES, _NOISE = 1, 5  # streams of zoopt.noise


@dataclass(frozen=True)
class Digits:
    """Images that are centred and scaled to a mean variance of 1 a pixel, and what augmentation makes of them.

    Attributes
    ----------
    shifted : ndarray, shape (shifts, samples, pixels)
        Training images under every shift.
    labels : ndarray, shape (samples,)
    held_out, held_out_labels : ndarray
        Images that are as they are, for classifiers.
    sigma2 : float
        Variance of the noise of a pixel.
    seed : int
        Of the views.
    """

    shifted: FloatArray
    labels: np.ndarray
    held_out: FloatArray
    held_out_labels: np.ndarray
    sigma2: float
    seed: int

    @property
    def images(self) -> FloatArray:
        """Training images as they are, shape (samples, pixels)."""
        images: FloatArray = self.shifted[0]
        return images

    @property
    def clean(self) -> FloatArray:
        """The mean of all views of every training image, shape (samples, pixels)."""
        mean: FloatArray = self.shifted.mean(axis=0)
        return mean

    def views(self, step: int, count: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return two views of `count` images each, and the means of all their views, drawn for a step."""
        pixels = self.shifted.shape[2]
        chances = zoopt.noise(self.seed, step, 0, 3 * count, kind="uniform", stream=_CHOICES).reshape(3, count)
        chosen = (chances[0] * self.shifted.shape[1]).astype(np.intp)
        noise = zoopt.noise(self.seed, step, 0, 2 * count * pixels, stream=_NOISE).reshape(2, count, pixels)
        one, two = (
            self.shifted[(chances[k + 1] * len(SHIFTS)).astype(np.intp), chosen] + np.sqrt(self.sigma2) * noise[k]
            for k in (0, 1)
        )
        return one, two, self.shifted[:, chosen].mean(axis=0)

    def linear(self, units: int, **more: object) -> Siamese:
        """Return a linear network on these data, expectations over views taken exactly."""
        flat, clean = self.shifted.reshape(-1, self.shifted.shape[2]), self.clean
        view = flat.T @ flat / len(flat) + self.sigma2 * np.eye(flat.shape[1])
        return Siamese(view=view, common=clean.T @ clean / len(clean), units=units).with_(**more)

    def neighbours(self, trained: FloatArray, held_out: FloatArray, *, whitened: bool = True) -> float:
        """Return the share of held-out images whose label five neighbours among the training images tell.

        Neighbours are looked for among outputs, of shape (samples, units), as they are or whitened.
        """
        from sklearn.neighbors import KNeighborsClassifier

        middle = trained.mean(axis=0)
        trained, held_out = trained - middle, held_out - middle
        if whitened:
            _, sizes, axes = np.linalg.svd(trained, full_matrices=False)
            kept = sizes > 1e-12 * sizes[0]
            axes = axes[kept].T / sizes[kept]
            trained, held_out = trained @ axes, held_out @ axes
        return float(KNeighborsClassifier(5).fit(trained, self.labels).score(held_out, self.held_out_labels))


def digits(sigma2: float, seed: int) -> Digits:
    """Return the data, split by a seed."""
    data = dataset("digits")
    images = data.features / 16.0
    order = np.random.default_rng(seed).permutation(len(images))
    train, test = np.split(order, [round(TRAIN_SHARE * len(images))])
    shifted = np.stack([_moved(images[train], *by) for by in SHIFTS])
    middle = shifted.mean(axis=(0, 1))
    scale = np.sqrt(((images[train] - middle) ** 2).mean())
    return Digits(
        shifted=(shifted - middle) / scale,
        labels=data.labels[train],
        held_out=(images[test] - middle) / scale,
        held_out_labels=data.labels[test],
        sigma2=sigma2,
        seed=seed,
    )


def _moved(images: FloatArray, down: int, right: int) -> FloatArray:
    """Return images moved by pixels; what comes in is empty, and what goes out is lost."""
    padded = np.pad(images.reshape(-1, SIDE, SIDE), ((0, 0), (1, 1), (1, 1)))
    return padded[:, 1 - down : 1 - down + SIDE, 1 - right : 1 - right + SIDE].reshape(len(images), -1)
