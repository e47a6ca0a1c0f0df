"""Trains a network on images of three channels in PyTorch and stores the values that the tests compare
the program with. Run by hand; see README.md."""

import math
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import nn

import specification as spec

SEED = 1
BATCH = 32
STEPS = 20
CLASSES = 10
COUNT, HEIGHT, WIDTH, CHANNELS = 160, 18, 20, 3
RUNS = {  # learning rate, momentum, weight decay
    "sgd": (0.03, 0.0, 0.0),
    "momentum": (0.02, 0.9, 1e-3),
}


def images_and_labels():
    """Images whose classes differ in the colours of their four quarters, with noise."""
    labels = spec.draws(SEED, "colour/labels", COUNT) * CLASSES >> np.uint64(32)
    levels = (spec.draws(SEED, "colour/levels", CLASSES * 4 * CHANNELS) >> np.uint64(25)).reshape(
        CLASSES, 2, 2, CHANNELS)
    noise = (spec.draws(SEED, "colour/noise", COUNT * HEIGHT * WIDTH * CHANNELS)
             >> np.uint64(25)).reshape(COUNT, HEIGHT, WIDTH, CHANNELS)
    rows = np.arange(HEIGHT) * 2 // HEIGHT
    columns = np.arange(WIDTH) * 2 // WIDTH
    clean = levels[labels.astype(int)][:, rows][:, :, columns]
    # The third channel has other values than the first two, so that its normalisation differs.
    scale = np.array([2, 2, 1], dtype=np.uint64)
    return ((clean + noise) * scale // 2).astype(np.uint8), labels.astype(np.uint8)


def normalisation(images):
    """The mean and the deviation of each channel."""
    return np.array([spec.normalisation(np.ascontiguousarray(images[..., c]))
                     for c in range(CHANNELS)]).T


def make():
    """conv3x3:16,relu,conv3x3:16,relu,maxpool2,conv3x3:24,relu,fc:20,relu,fc:classes"""
    pixels = ((HEIGHT - 4) // 2 - 2) * ((WIDTH - 4) // 2 - 2)
    network = nn.Sequential()
    for name, layer in (
        ("conv1", nn.Conv2d(CHANNELS, 16, 3)), ("relu1", nn.ReLU()),
        ("conv2", nn.Conv2d(16, 16, 3)), ("relu2", nn.ReLU()), ("pool", nn.MaxPool2d(2)),
        ("conv3", nn.Conv2d(16, 24, 3)), ("relu3", nn.ReLU()), ("flatten", nn.Flatten()),
        ("fc1", nn.Linear(24 * pixels, 20)), ("relu4", nn.ReLU()), ("fc2", nn.Linear(20, CLASSES)),
    ):
        network.add_module(name, layer)
    shapes = {name: tuple(tensor.shape) for name, tensor in network.named_parameters()}
    with torch.no_grad():
        for name, tensor in network.named_parameters():
            fan_in = math.prod(shapes[name.split(".")[0] + ".weight"][1:])
            tensor.copy_(torch.from_numpy(spec.initial_tensor(SEED, name, shapes[name], fan_in)))
    return network


def train(constants, inputs, labels, indices, precision):
    """The mean loss of each step before its update, and the mean gradients of the first step."""
    network = make().to(precision)
    rate, momentum, decay = constants
    optimizer = torch.optim.SGD(
        network.parameters(), lr=rate, momentum=momentum, weight_decay=decay)
    losses, gradients = [], {}
    for step, batch in enumerate(indices):
        loss = nn.functional.cross_entropy(network(inputs[batch].to(precision)), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            gradients = {name: tensor.grad.float().numpy().copy()
                         for name, tensor in network.named_parameters()}
        optimizer.step()
        losses.append(loss.item())
    return losses, gradients


def main():
    torch.use_deterministic_algorithms(True)
    images, labels = images_and_labels()
    means, deviations = normalisation(images)
    normalised = (images.astype(np.float64) / 255 - means) / deviations
    inputs = torch.from_numpy(normalised.transpose(0, 3, 1, 2).astype(np.float32)).contiguous()
    targets = torch.from_numpy(labels.astype(np.int64))
    draws = spec.draws(SEED, "colour/batches", STEPS * BATCH)
    indices = (draws * COUNT >> np.uint64(32)).astype(np.int32).reshape(STEPS, BATCH)
    result = {"images": images, "labels": labels, "indices": indices, "means": means,
              "deviations": deviations}
    for name, constants in RUNS.items():
        losses, gradients = train(constants, inputs, targets, indices, torch.float64)
        single, _ = train(constants, inputs, targets, indices, torch.float32)
        rounding = max(abs(s / d - 1) for s, d in zip(single, losses))
        print(f"{name}: loss {losses[0]:.6f} -> {losses[-1]:.6f};"
              f" largest relative deviation of single precision {rounding:.1e}", flush=True)
        result[f"{name}.constants"] = np.array(constants)
        result[f"{name}.losses"] = np.array(losses)
        result |= {f"gradient.{tensor}": value for tensor, value in gradients.items()}
    path = Path(__file__).resolve().parent / "colour-sgd.safetensors"
    save_file({name: np.ascontiguousarray(value) for name, value in result.items()}, path)
    path.chmod(0o644)


if __name__ == "__main__":
    main()
