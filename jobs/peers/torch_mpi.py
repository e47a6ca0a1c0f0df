"""Peer program in PyTorch and mpi4py: one in-place Allreduce sums the single array of all gradients.

    mpirun -np 2 python3 torch_mpi.py --model mlp          (--batch is the global batch)
"""

import common

chosen = common.options(__doc__, ("channels-last",))

import mpi4py  # noqa: E402  (after the number of threads is set)
import torch  # noqa: E402
from mpi4py import MPI  # noqa: E402
from torch.nn.functional import cross_entropy  # noqa: E402

from torch_models import network, tensors  # noqa: E402

world = MPI.COMM_WORLD
torch.set_num_threads(chosen.threads)
# The same seed on all ranks: the same initial weights without a broadcast.
torch.manual_seed(chosen.seed)
channels_last = "channels-last" in chosen.words

images, labels, _ = common.images_and_labels(chosen.data)
images, labels = tensors(images, labels, channels_last)
net = network(chosen.model, channels_last)
parameters = list(net.parameters())
optimizer = torch.optim.Adam(parameters, lr=1e-3, fused=True)

# Each parameter's gradient is a view of one flat tensor, with the parameter's own strides.
flat = torch.zeros(sum(parameter.numel() for parameter in parameters))
message = flat.numpy()
start = 0
for parameter in parameters:
    part = flat[start : start + parameter.numel()]
    parameter.grad = torch.as_strided(part, parameter.shape, parameter.stride(), start)
    start += parameter.numel()


def step(indices):
    indices = torch.from_numpy(indices)
    flat.zero_()
    loss = cross_entropy(net(images[indices]), labels[indices])
    loss.backward()
    world.Allreduce(MPI.IN_PLACE, message)
    flat.div_(world.size)
    optimizer.step()
    return loss.detach()


seconds, loss = common.measure(
    step, lambda loss: loss.item(),
    common.batches(len(labels), chosen.batch, chosen.seed, world.rank, world.size), chosen.steps,
    world.Barrier)
if world.rank == 0:
    common.report(
        "PyTorch + mpi4py", f"{torch.__version__} + {mpi4py.__version__}", chosen, seconds, loss,
        world.size)
