"""Checks the files that a run wrote: its JSON record (Sources/RunRecords/README.md) and its weights.

    results.py record FILE name=value...     the record has these facts; see `facts`
    results.py agree A B LOSS ACCURACY       losses and accuracies differ by at most these values
    results.py weights A B LARGEST           no weight differs by more than LARGEST
    results.py same A B                      two records have the same certificate
    results.py study DIRECTORY RUNS BLOCKS   each of at least BLOCKS blocks has RUNS different runs

Prints the values it compared; exit code 1 if the check fails.
"""

import array
import collections
import json
import struct
import sys
from pathlib import Path


def facts(record):
    """Returns the facts that a check can name, as strings."""
    hosts = collections.Counter(rank["host"] for rank in record["ranks"])
    # Of "cuda GPU-1a2b3c4d NVIDIA H200, shared device", only the part from "NVIDIA" on.
    devices = sorted(f'{rank["host"]}:{rank["device"].split(" ", 2)[-1]}' for rank in record["ranks"])
    return {
        "ranks": str(record["run"]["ranks"]),
        "nodes": str(record["run"]["nodes"]),
        "launcher": record["run"]["launcher"],
        "hosts": ",".join(sorted(record["machine"]["hosts"])),
        "ranksOnHosts": ",".join(f"{host}:{hosts[host]}" for host in sorted(hosts)),
        "devices": ",".join(devices),
        "replicasEqual": str(record["result"]["replicasEqual"]).lower(),
        "parts": str(len(record.get("parts", [None]))),
        "firstSignal": str(record.get("parts", [{}])[0].get("signal")),
    }


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def record(path, *expected):
    seen = facts(read_json(path))
    wrong = [pair for pair in expected if pair != f"{pair.split('=')[0]}={seen[pair.split('=')[0]]}"]
    print("seen:", *(f"{name}={value}" for name, value in seen.items()))
    print("expected, but not found:", *wrong or ["nothing"])
    return not wrong


def agree(first, second, loss_tolerance, accuracy_tolerance):
    results = [read_json(path)["result"] for path in (first, second)]
    good = True
    for key, tolerance in (
        ("finalLoss", loss_tolerance),
        ("testLoss", loss_tolerance),
        ("testAccuracy", accuracy_tolerance),
    ):
        values = [result[key] for result in results]
        difference = abs(values[0] - values[1])
        print(f"{key}: {values[0]} and {values[1]} differ by {difference:.3g}, allowed {tolerance}")
        good = good and difference <= float(tolerance)
    return good


def read_weights(path):
    """Returns the tensors of a safetensors file: name -> (shape, float32 values)."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        body = file.read()
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        if entry["dtype"] != "F32":
            raise ValueError(f"{path}: {name} is {entry['dtype']}, not F32")
        start, end = entry["data_offsets"]
        values = array.array("f", body[start:end])
        if sys.byteorder == "big":
            values.byteswap()
        tensors[name] = (entry["shape"], values)
    return tensors


def weights(first, second, tolerance):
    tensors = [read_weights(path) for path in (first, second)]
    shapes = [{name: shape for name, (shape, _) in each.items()} for each in tensors]
    if shapes[0] != shapes[1] or not shapes[0]:
        print("different tensors:", *shapes)
        return False
    largest = max(
        abs(a - b)
        for name in tensors[0]
        for a, b in zip(tensors[0][name][1], tensors[1][name][1], strict=True)
    )
    print(f"largest difference of two weights {largest:.3g}, allowed {tolerance}")
    return largest <= float(tolerance)


def same(first, second):
    certificates = [read_json(path)["certificate"] for path in (first, second)]
    for certificate in certificates:
        print(*(epoch["weightsSHA256"][:12] for epoch in certificate["epochs"]))
    return certificates[0] == certificates[1] and len(certificates[0]["epochs"]) > 0


def study(directory, configurations, blocks):
    """Whether each block of a study has one record of each configuration, and there are enough blocks."""
    runs = [read_json(path)["study"] for path in Path(directory, "records").glob("*.json")]
    seen = {}
    for run in runs:
        seen.setdefault(run["block"], []).append(run["configuration"])
    print({block: len(names) for block, names in sorted(seen.items())})
    complete = all(
        len(names) == len(set(names)) == int(configurations) for names in seen.values())
    return complete and len(seen) >= int(blocks)


if __name__ == "__main__":
    checks = {"record": record, "agree": agree, "weights": weights, "same": same, "study": study}
    try:
        good = checks[sys.argv[1]](*sys.argv[2:])
    except (OSError, ValueError, KeyError) as error:
        print(f"{sys.argv[1]}: {type(error).__name__}: {error}")
        good = False
    sys.exit(0 if good else 1)
