"""Random numbers, initial weights, order of samples and normalisation of the program. Written with
numpy from their specification alone, which is such that a program in any language can recreate
them."""

import math
import struct

import numpy as np

MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)
LOW = 0xFFFFFFFF
VIRTUAL_SHARDS = 840


def philox(counters, key):
    """Philox4x32-10 (Salmon et al. 2011) of counters, a uint64 [n, 4] of 32-bit words, and two key
    words."""
    c0, c1, c2, c3 = (counters[:, i].astype(np.uint64) for i in range(4))
    k0, k1 = key
    low, half = np.uint64(LOW), np.uint64(32)
    for _ in range(10):
        p0, p1 = c0 * np.uint64(MULTIPLIERS[0]), c2 * np.uint64(MULTIPLIERS[1])
        c0, c1, c2, c3 = (
            (p1 >> half) ^ c1 ^ np.uint64(k0),
            p1 & low,
            (p0 >> half) ^ c3 ^ np.uint64(k1),
            p0 & low,
        )
        k0, k1 = (k0 + WEYL[0]) & LOW, (k1 + WEYL[1]) & LOW
    return np.stack([c0, c1, c2, c3], axis=1)


# Known answers of the Random123 library: counter, key, result.
KNOWN_ANSWERS = (
    ("00000000 00000000 00000000 00000000", "00000000 00000000",
     "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff",
     "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0",
     "d16cfe09 94fdcceb 5001e420 24126ea1"),
)


def words(text):
    return [int(word, 16) for word in text.split()]


for counter, key, answer in KNOWN_ANSWERS:
    if philox(np.array([words(counter)], dtype=np.uint64), words(key))[0].tolist() != words(answer):
        raise SystemExit("Philox4x32-10 does not give its known answers")


def fnv1a(name):
    """FNV-1a, 64 bits, of the UTF-8 bytes of a name."""
    hash64 = 0xCBF29CE484222325
    for byte in name.encode("utf-8"):
        hash64 = ((hash64 ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return hash64


def draws(seed, stream, count):
    """The first `count` 32-bit draws of a stream, as uint64."""
    blocks = np.arange((count + 3) // 4, dtype=np.uint64)
    name = fnv1a(stream)
    counters = np.empty((len(blocks), 4), dtype=np.uint64)
    counters[:, 0], counters[:, 1] = blocks & np.uint64(LOW), blocks >> np.uint64(32)
    counters[:, 2], counters[:, 3] = name & LOW, name >> 32
    return philox(counters, (seed & LOW, seed >> 32)).reshape(-1)[:count]


def below(draw, n):
    return int(draw) * n >> 32


def initial_tensor(seed, name, shape, fan_in):
    """Uniform in +-1/sqrt(fan_in), PyTorch's default for Conv2d and Linear; float32."""
    draw = draws(seed, name, math.prod(shape)).astype(np.float64)
    values = (2 * (draw + 0.5) / 2.0**32 - 1) * (1 / math.sqrt(fan_in))
    return values.astype(np.float32).reshape(shape)


def shuffled_shard(seed, epoch, shard, samples, shards):
    order = list(range(shard, samples, shards))
    stream = draws(seed, f"epoch/{epoch}/shard/{shard}", max(len(order) - 1, 0))
    for t, k in enumerate(range(len(order) - 1, 0, -1)):
        j = below(stream[t], k + 1)
        order[k], order[j] = order[j], order[k]
    return order


def epoch_order(seed, epoch, samples, shards=VIRTUAL_SHARDS):
    """The samples of an epoch in their global order, which is the same for any number of ranks."""
    lists = [shuffled_shard(seed, epoch, s, samples, shards) for s in range(shards)]
    units = [u for u in range(1, shards + 1) if math.gcd(u, shards) == 1]
    first, second = draws(seed, f"epoch/{epoch}", 2)
    a, c = units[below(first, len(units))], below(second, shards)
    order = []
    for round_ in range(-(-samples // shards)):
        for q in range(shards):
            members = lists[(a * q + c) % shards]
            if round_ < len(members):
                order.append(members[round_])
    if sorted(order) != list(range(samples)):
        raise SystemExit("an epoch must hold every sample exactly once")
    return order


def batches(seed, samples, batch, count, shards=VIRTUAL_SHARDS):
    """The first `count` global batches; each epoch begins with a new batch."""
    epoch = 1
    while True:
        order = epoch_order(seed, epoch, samples, shards)
        for start in range(0, samples, batch):
            if count == 0:
                return
            yield order[start:start + batch]
            count -= 1
        epoch += 1


def normalisation(images):
    """Mean and population deviation of byte/255, from exact integer sums."""
    histogram = [int(count) for count in np.bincount(images.reshape(-1), minlength=256)]
    total = sum(byte * count for byte, count in enumerate(histogram))
    squares = sum(byte * byte * count for byte, count in enumerate(histogram))
    mean = total / images.size / 255
    return mean, math.sqrt(squares * images.size - total * total) / images.size / 255


def normalised(images):
    """The inputs of the network, in single precision."""
    mean, deviation = normalisation(images)
    return ((images.astype(np.float64) / 255 - mean) / deviation).astype(np.float32)


def read_idx(path):
    with open(path, "rb") as file:
        content = file.read()
    dimensions = content[3]
    shape = struct.unpack(f">{dimensions}I", content[4:4 + 4 * dimensions])
    return np.frombuffer(content, dtype=np.uint8, offset=4 + 4 * dimensions).reshape(shape)
