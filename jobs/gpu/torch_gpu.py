"""PyTorch's training steps on a GPU, beside mnist-mpi's: data on the GPU, no loader.

    torch_gpu.py DIRECTORY_OF_MNIST

Each way is measured with TF32 off and on: steps as usually written, and the whole step captured in a CUDA
graph by hand.
"""

import gzip
import os
import sys
import time

import torch
from torch.nn.functional import cross_entropy

from torch_models import network

STEPS = 300
WARM_UP = 20


def read_idx(path):
    with gzip.open(path, "rb") as file:
        data = bytearray(file.read())
    rank = data[3]
    shape = [int.from_bytes(data[4 + 4 * i : 8 + 4 * i], "big") for i in range(rank)]
    return torch.frombuffer(data, dtype=torch.uint8, offset=4 + 4 * rank).reshape(shape)


def trial(model, batch, images, labels, captured):
    """Seconds of a step."""
    torch.manual_seed(1)
    net = network(model, channels_last=model == "cnn").cuda()
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, fused=True, capturable=True)
    order = torch.randperm(len(labels), device="cuda")
    place = torch.zeros(batch, dtype=torch.int64, device="cuda")

    def step():
        optimizer.zero_grad(set_to_none=not captured)
        loss = cross_entropy(net(images[place]), labels[place])
        loss.backward()
        optimizer.step()
        return loss

    if captured:
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                step()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            step()
    for number in range(WARM_UP + STEPS):
        if number == WARM_UP:
            torch.cuda.synchronize()
            start = time.perf_counter()
        first = number * batch % (len(labels) - batch)
        place.copy_(order[first : first + batch])
        if captured:
            graph.replay()
        else:
            step()
    torch.cuda.synchronize()
    return (time.perf_counter() - start) / STEPS


def main():
    if not torch.cuda.is_available():
        print("skipped: PyTorch sees no GPU")
        return
    print(f"PyTorch {torch.__version__}, {torch.cuda.get_device_name()}")
    directory = sys.argv[1]
    pixels = read_idx(os.path.join(directory, "train-images-idx3-ubyte.gz"))
    labels = read_idx(os.path.join(directory, "train-labels-idx1-ubyte.gz")).long().cuda()
    values = pixels.float() / 255
    images = ((values - values.mean()) / values.std()).unsqueeze(1).cuda()
    for tf32 in (False, True):
        torch.backends.cuda.matmul.allow_tf32 = tf32
        torch.backends.cudnn.allow_tf32 = tf32
        for model in ("cnn", "mlp"):
            for batch in (64, 512):
                for captured in (False, True):
                    seconds = trial(model, batch, images, labels, captured)
                    print(f"  {model}, batch {batch}, {'tf32' if tf32 else 'float32'}, "
                          f"{'captured' if captured else 'as written'}: {seconds * 1e6:.1f} us a step, "
                          f"{batch / seconds:.0f} images/s", flush=True)


main()
