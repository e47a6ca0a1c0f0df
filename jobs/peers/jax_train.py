"""Peer program in JAX: the whole step (batch, gradients, Adam) is one jitted function with donated buffers.

    jax_train.py --model cnn --configuration patches+reshaped-pool

patches: a convolution as one matrix product over nine shifted copies.
reshaped-pool: max-pooling as a maximum over two axes of a reshaped array; its gradient needs no scatter.
"""

import os

import common

chosen = common.options(__doc__, ("patches", "reshaped-pool"))
os.environ["JAX_PLATFORMS"] = "cpu"
if chosen.threads == 1:
    flags = os.environ.get("XLA_FLAGS", "")
    os.environ["XLA_FLAGS"] = f"{flags} --xla_cpu_multi_thread_eigen=false".strip()
# The number of threads in the pool of XLA's CPU client.
os.environ["NPROC"] = str(chosen.threads)

import jax  # noqa: E402  (after the number of threads is set)
import jax.numpy as jnp  # noqa: E402
from functools import partial  # noqa: E402
from jax import lax  # noqa: E402

images, labels, _ = common.images_and_labels(chosen.data)
images, labels = jnp.asarray(images[..., None]), jnp.asarray(labels.astype("int32"))


def convolution(x, weight):
    if "patches" in chosen.words:
        rows, columns = x.shape[1] - 2, x.shape[2] - 2
        shifted = [x[:, i : i + rows, j : j + columns] for i in range(3) for j in range(3)]
        return jnp.concatenate(shifted, axis=-1) @ weight.reshape(-1, weight.shape[-1])
    return lax.conv_general_dilated(
        x, weight, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))


def pool(x):
    if "reshaped-pool" in chosen.words:
        n, rows, columns, channels = x.shape
        return x.reshape(n, rows // 2, 2, columns // 2, 2, channels).max(axis=(2, 4))
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")


def cnn(parameters, x):
    (w1, b1), (w2, b2), (w3, b3), (w4, b4) = parameters
    x = jax.nn.relu(convolution(x, w1) + b1)
    x = pool(jax.nn.relu(convolution(x, w2) + b2))
    x = jax.nn.relu(x.reshape(len(x), -1) @ w3 + b3)
    return x @ w4 + b4


def mlp(parameters, x):
    x = x.reshape(len(x), -1)
    for weight, bias in parameters[:-1]:
        x = jax.nn.relu(x @ weight + bias)
    weight, bias = parameters[-1]
    return x @ weight + bias


def initial(key, *shape):
    """Returns weights [inputs..., outputs] and biases, uniform within 1/sqrt(number of inputs)."""
    inputs = 1
    for length in shape[:-1]:
        inputs *= length
    first, second = jax.random.split(key)
    bound = inputs**-0.5
    return (
        jax.random.uniform(first, shape, minval=-bound, maxval=bound),
        jax.random.uniform(second, shape[-1:], minval=-bound, maxval=bound))


if chosen.model == "cnn":
    shapes, net = [(3, 3, 1, 32), (3, 3, 32, 64), (9216, 128), (128, 10)], cnn
else:
    shapes, net = [(784, 512), (512, 512), (512, 10)], mlp
keys = jax.random.split(jax.random.key(chosen.seed), len(shapes))
parameters = [initial(key, *shape) for key, shape in zip(keys, shapes)]


def mean_loss(parameters, x, y):
    logits = jax.nn.log_softmax(net(parameters, x))
    return -jnp.take_along_axis(logits, y[:, None], axis=1).mean()


@partial(jax.jit, donate_argnums=0)
def train(state, images, labels, indices):
    parameters, m, v, count = state
    loss, gradients = jax.value_and_grad(mean_loss)(parameters, images[indices], labels[indices])
    count += 1
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, gradients)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, gradients)
    rate, root = 1e-3 / (1 - 0.9**count), jnp.sqrt(1 - 0.999**count)
    parameters = jax.tree.map(
        lambda p, m, v: p - rate * m / (jnp.sqrt(v) / root + 1e-8), parameters, m, v)
    return (parameters, m, v, count), loss


def zeros():
    return jax.tree.map(jnp.zeros_like, parameters)


state = (parameters, zeros(), zeros(), jnp.zeros(()))


def step(indices):
    global state
    state, loss = train(state, images, labels, indices.astype("int32"))
    return loss


seconds, loss = common.measure(
    step, lambda loss: float(jax.block_until_ready(loss)),
    common.batches(len(labels), chosen.batch, chosen.seed), chosen.steps)
common.report("JAX", jax.__version__, chosen, seconds, loss)
