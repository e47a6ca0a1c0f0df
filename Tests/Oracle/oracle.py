"""Trains the two networks in PyTorch from the specified weights and batches, and stores the values
that the tests compare the program with. Run by hand; see README.md."""

import argparse
import hashlib
import json
import math
import re
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import nn

import specification as spec

SEED = 1
BATCH = 64
SGD_STEPS = 50
ADAM_STEPS = 10
ADAM_SAMPLES = 640
SGD = {
    "sgd": {"learningRate": 0.05, "momentum": 0.0, "weightDecay": 0.0},
    "sgd-small": {"learningRate": 0.005, "momentum": 0.0, "weightDecay": 0.0},
    "sgd-momentum": {"learningRate": 0.01, "momentum": 0.9, "weightDecay": 1e-4},
}


class CNN(nn.Module):
    def __init__(self, image, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.fc1 = nn.Linear(64 * ((image - 4) // 2) ** 2, 128)
        self.fc2 = nn.Linear(128, classes)

    def forward(self, x):
        x = torch.relu(self.conv2(torch.relu(self.conv1(x[:, None]))))
        x = torch.flatten(nn.functional.max_pool2d(x, 2), 1)
        return self.fc2(torch.relu(self.fc1(x)))


class MLP(nn.Module):
    def __init__(self, image, hidden, classes=10):
        super().__init__()
        self.fc1 = nn.Linear(image * image, hidden[0])
        self.fc2 = nn.Linear(hidden[0], hidden[1])
        self.fc3 = nn.Linear(hidden[1], classes)

    def forward(self, x):
        x = torch.relu(self.fc1(torch.flatten(x, 1)))
        return self.fc3(torch.relu(self.fc2(x)))


def make(model, image):
    """A network with the specified initial weights, in single precision."""
    hidden = (512, 512) if image == 28 else (64, 32)
    network = CNN(image) if model == "cnn" else MLP(image, hidden)
    shapes = {name: tuple(tensor.shape) for name, tensor in network.named_parameters()}
    with torch.no_grad():
        for name, tensor in network.named_parameters():
            fan_in = math.prod(shapes[name.split(".")[0] + ".weight"][1:])
            values = spec.initial_tensor(SEED, name, shapes[name], fan_in)
            tensor.copy_(torch.from_numpy(values))
    return network


def tensors_of(network):
    return {name: tensor.detach().numpy().copy() for name, tensor in network.named_parameters()}


def facts(images):
    """Small expected values for the tests of single modules."""
    result = {"seed": SEED, "orders": [], "initial": {}, "draws": []}
    for seed in (SEED, 2**33 + 5):
        for stream in ("", "conv1.weight", "epoch/1/shard/839"):
            result["draws"].append({
                "seed": seed, "stream": stream, "fnv1a": f"{spec.fnv1a(stream):016x}",
                "draws": spec.draws(seed, stream, 9).tolist(),
            })
    for samples, shards in ((60000, 840), (1234, 840), (1234, 7)):
        for epoch in (1, 2):
            order = spec.epoch_order(SEED, epoch, samples, shards)
            digest = hashlib.sha256(np.array(order, dtype="<i4").tobytes()).hexdigest()
            result["orders"].append({
                "samples": samples, "virtualShards": shards, "epoch": epoch,
                "first": order[:200], "sha256OfAllAsInt32": digest,
            })
    for model in ("cnn", "mlp"):
        tensors = tensors_of(make(model, 28))
        everything = b"".join(tensor.astype("<f4").tobytes() for tensor in tensors.values())
        result["initial"][model] = {
            "sha256": hashlib.sha256(everything).hexdigest(),
            "tensors": [
                {"name": name, "shape": tensor.shape,
                 "first": [float(value) for value in tensor.reshape(-1)[:8]]}
                for name, tensor in tensors.items()
            ],
        }
    mean, deviation = spec.normalisation(images)
    result["normalisation"] = {"mean": mean, "deviation": deviation}
    return result


def sgd_losses(model, constants, inputs, labels, precision):
    network = make(model, 28).to(precision)
    optimizer = torch.optim.SGD(
        network.parameters(), lr=constants["learningRate"], momentum=constants["momentum"],
        weight_decay=constants["weightDecay"])
    losses = []
    for indices in spec.batches(SEED, len(labels), BATCH, SGD_STEPS):
        loss = nn.functional.cross_entropy(
            network(inputs[indices].to(precision)), labels[indices])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def sgd(images, labels):
    inputs, targets = torch.from_numpy(spec.normalised(images)), torch.from_numpy(labels).long()
    result = {}
    for model in ("cnn", "mlp"):
        for name, constants in SGD.items():
            losses = sgd_losses(model, constants, inputs, targets, torch.float64)
            single = sgd_losses(model, constants, inputs, targets, torch.float32)
            deviation = max(abs(s / d - 1) for s, d in zip(single, losses))
            print(f"{model}/{name}: loss {losses[0]:.6f} -> {losses[-1]:.6f};"
                  f" largest relative deviation of single precision {deviation:.1e}", flush=True)
            result[f"{model}/{name}"] = {
                "seed": SEED, "batch": BATCH, "samples": len(labels),
                "virtualShards": spec.VIRTUAL_SHARDS, **constants, "losses": losses,
                "singlePrecisionLosses": single,
            }
    return result


def pooled(images):
    """Reduces 28x28 images to 7x7: the mean of each 4x4 block, rounded half up."""
    sums = images.reshape(-1, 7, 4, 7, 4).astype(np.int64).sum(axis=(2, 4))
    return ((sums + 8) // 16).astype(np.uint8)


def exact_adam(tensor, gradients, decay):
    """`tensor` after one more step of Adam, in double precision, from all gradients so far."""
    first = second = 0.0
    for gradient in gradients:
        first = 0.9 * first + 0.1 * gradient.astype(np.float64)
        second = 0.999 * second + 0.001 * gradient.astype(np.float64) ** 2
    k = len(gradients)
    step = (first / (1 - 0.9**k)) / (np.sqrt(second / (1 - 0.999**k)) + 1e-8)
    return tensor * (1 - 1e-3 * decay) - 1e-3 * step


def adam(model, decay, images, labels):
    """Adam in single precision, with gradients computed in double precision and then rounded."""
    network = make(model, images.shape[1])
    kind = torch.optim.AdamW if decay else torch.optim.Adam
    optimizer = kind(network.parameters(), lr=1e-3, weight_decay=decay, foreach=False)
    double = make(model, images.shape[1]).double()
    inputs = torch.from_numpy(spec.normalised(images)).double()
    targets = torch.from_numpy(labels).long()
    order = list(spec.batches(SEED, len(labels), BATCH, ADAM_STEPS))
    result = {"images": images, "labels": labels, "indices": np.array(order, dtype=np.int32)}
    losses, history, rounding = [], {}, 0.0
    for k, indices in enumerate(order):
        before = tensors_of(network)
        double.load_state_dict(network.state_dict())  # the conversion to double precision is exact
        double.zero_grad()
        loss = nn.functional.cross_entropy(double(inputs[indices]), targets[indices])
        loss.backward()
        losses.append(loss.item())
        for (_, single), exact in zip(network.named_parameters(), double.parameters()):
            single.grad = exact.grad.float()
        optimizer.step()
        error = change = 0.0
        for name, tensor in network.named_parameters():
            result[f"step{k}.{name}"] = before[name]
            result[f"gradient{k}.{name}"] = tensor.grad.numpy().copy()
            history.setdefault(name, []).append(result[f"gradient{k}.{name}"])
            start = before[name].astype(np.float64)
            wanted = exact_adam(start, history[name], decay)
            error += ((tensor.detach().numpy() - wanted) ** 2).sum()
            change += ((wanted - start) ** 2).sum()
        rounding = max(rounding, math.sqrt(error / change))
    for name, tensor in tensors_of(network).items():
        result[f"step{ADAM_STEPS}.{name}"] = tensor
    result["losses"] = np.array(losses, dtype=np.float64)
    print(f"{model}/adam, weight decay {decay}: loss {losses[0]:.6f} -> {losses[-1]:.6f};"
          f" rounding of the update in single precision, relative norm {rounding:.1e}", flush=True)
    return result


def write_json(path, value):
    """Writes indented JSON with each list of numbers on one line."""
    text = json.dumps(value, indent=1)
    text = re.sub(r"\[\s*([^][{}\"]*?)\s*\]", lambda list_: f"[{' '.join(list_[1].split())}]", text)
    path.write_text(text + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    here = Path(__file__).resolve().parent
    parser.add_argument("--data", type=Path, default=here.parents[1] / "data" / "mnist")
    parser.add_argument("--out", type=Path, default=here)
    parser.add_argument(
        "--image", type=int, choices=(7, 28), default=7, help="image size of the adam runs")
    parser.add_argument(
        "--parts", nargs="+", choices=("facts", "sgd", "adam"), default=["facts", "sgd", "adam"])
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.use_deterministic_algorithms(True)

    images = spec.read_idx(options.data / "train-images-idx3-ubyte")
    labels = spec.read_idx(options.data / "train-labels-idx1-ubyte").copy()
    if "facts" in options.parts:
        write_json(options.out / "facts.json", facts(images))
    if "sgd" in options.parts:
        write_json(options.out / "sgd-losses.json", sgd(images, labels))
    if "adam" in options.parts:
        few = images[:ADAM_SAMPLES] if options.image == 28 else pooled(images[:ADAM_SAMPLES])
        few_labels = labels[:ADAM_SAMPLES]
        for file, model, decay in (
            ("adam-cnn", "cnn", 0.0), ("adam-mlp", "mlp", 0.0), ("adamw-mlp", "mlp", 0.01)
        ):
            tensors = adam(model, decay, few, few_labels)
            save_file({name: np.ascontiguousarray(t) for name, t in tensors.items()},
                      options.out / f"{file}.safetensors")
            (options.out / f"{file}.safetensors").chmod(0o644)


if __name__ == "__main__":
    main()
