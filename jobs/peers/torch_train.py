"""Peer program in PyTorch; under torchrun, DistributedDataParallel over gloo with --batch as global batch.

    torch_train.py --model cnn --configuration channels-last+kept-memory
    torchrun --standalone --nproc-per-node 2 torch_train.py --model mlp
"""

import os

import common

chosen = common.options(__doc__, ("channels-last", "compile", "bound"))
ranks = int(os.environ.get("WORLD_SIZE", "1"))
rank = int(os.environ.get("RANK", "0"))
if "bound" in chosen.words:
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[rank % len(cores)]})

import torch  # noqa: E402  (after the number of threads is set)
import torch.distributed as distributed  # noqa: E402
from torch.nn.functional import cross_entropy  # noqa: E402

from torch_models import network, tensors  # noqa: E402

torch.set_num_threads(chosen.threads)
torch.manual_seed(chosen.seed)
channels_last = "channels-last" in chosen.words
parallel = "WORLD_SIZE" in os.environ

images, labels, _ = common.images_and_labels(chosen.data)
images, labels = tensors(images, labels, channels_last)
net = network(chosen.model, channels_last)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, fused=True)
run = net
if parallel:
    distributed.init_process_group("gloo")
    run = torch.nn.parallel.DistributedDataParallel(
        net, gradient_as_bucket_view=True, static_graph=True)
if "compile" in chosen.words:
    run = torch.compile(run)


def step(indices):
    indices = torch.from_numpy(indices)
    optimizer.zero_grad(set_to_none=True)
    loss = cross_entropy(run(images[indices]), labels[indices])
    loss.backward()
    optimizer.step()
    return loss.detach()


seconds, loss = common.measure(
    step, lambda loss: loss.item(),
    common.batches(len(labels), chosen.batch, chosen.seed, rank, ranks), chosen.steps,
    distributed.barrier if parallel else lambda: None)
if rank == 0:
    name = "PyTorch DDP over gloo" if parallel else "PyTorch"
    common.report(name, torch.__version__, chosen, seconds, loss, ranks)
if parallel:
    distributed.destroy_process_group()
