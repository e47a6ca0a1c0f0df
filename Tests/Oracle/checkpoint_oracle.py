"""Lets PyTorch go on from a checkpoint of the program, with weights and adam's state, and compares the
next ten losses with the program's own. Run by hand; see README.md.

    checkpoint_oracle.py PROGRAM [DATA]
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

import oracle
import specification as spec

STEP, NEXT = 30, 10


def own_losses(program, data, model, folder):
    """The program's losses after each step, with a checkpoint after step STEP."""
    output = subprocess.run(
        [program, "--data", data, "--model", model, "--steps", str(STEP + NEXT), "--log-interval", "1",
         "--checkpoint", str(folder / "c"), "--checkpoint-every", str(STEP), "--results", str(folder / "r")],
        check=True, capture_output=True, text=True).stdout
    return [float(loss) for loss in re.findall(r"^Train Epoch: .* Loss: (\S+)$", output, re.M)]


def continued(model, checkpoint, inputs, labels, precision):
    """PyTorch's losses of the next steps."""
    network = oracle.make(model, 28).to(precision)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    with torch.no_grad():
        for name, tensor in network.named_parameters():
            tensor.copy_(checkpoint[name])
            optimizer.state[tensor] = {
                "step": torch.tensor(float(STEP)),
                "exp_avg": checkpoint[f"{name}.exp_avg"].to(precision),
                "exp_avg_sq": checkpoint[f"{name}.exp_avg_sq"].to(precision),
            }
    losses = []
    batches = list(spec.batches(oracle.SEED, len(labels), oracle.BATCH, STEP + NEXT))
    for indices in batches[STEP:]:
        loss = nn.functional.cross_entropy(network(inputs[indices].to(precision)), labels[indices])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def main():
    program, data = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "data/mnist"
    images = spec.read_idx(Path(data) / "train-images-idx3-ubyte")
    labels = torch.from_numpy(spec.read_idx(Path(data) / "train-labels-idx1-ubyte").copy()).long()
    inputs = torch.from_numpy(spec.normalised(images))
    good = True
    for model in ("cnn", "mlp"):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            own = own_losses(program, data, model, folder)[STEP:]
            checkpoint = load_file(folder / "c" / f"step-{STEP:09}.safetensors")
            for precision in (torch.float64, torch.float32):
                losses = continued(model, checkpoint, inputs, labels, precision)
                largest = max(abs(a - b) for a, b in zip(own, losses, strict=True))
                print(f"{model}, PyTorch in {precision}: largest difference of {len(own)} losses {largest:.1e}")
                good = good and largest <= 1e-5
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
