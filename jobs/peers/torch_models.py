"""The two networks in PyTorch. All programs follow PyTorch's default rule for initial weights."""

import torch
from torch import nn


def network(model, channels_last=False):
    """Returns the network "cnn" or "mlp", for images [n, 1, 28, 28]."""
    if model == "cnn":
        net = nn.Sequential(
            nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(), nn.Linear(128, 10))
    else:
        net = nn.Sequential(
            nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(),
            nn.Linear(512, 10))
    return net.to(memory_format=torch.channels_last) if channels_last else net


def tensors(images, labels, channels_last=False):
    """Returns images and labels as tensors, the images in the memory format of the network."""
    images = torch.from_numpy(images).unsqueeze(1)
    if channels_last:
        images = images.contiguous(memory_format=torch.channels_last)
    return images, torch.from_numpy(labels)
