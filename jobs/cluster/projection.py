#!/usr/bin/env python3
"""Measures a cable, and compares predicted with measured step times.

    projection.py serve ADDRESS                  the other end of `measure`
    projection.py measure ADDRESS                prints latency and bandwidth of the way there as JSON
    projection.py disturbed RECORD               ends with 0 if other programs used more than 62 % of the cores
    projection.py report FOLDER PROGRAM SHAPE    the table; SHAPE is the folder for the factors
"""
import glob
import json
import os
import socket
import statistics
import subprocess
import sys
import time

PORT = 5201
PINGS = 300
STREAM = 20_000_000
STREAMS = 3
MOST_OTHERS = 0.62
PLATFORM = """<?xml version='1.0'?>
<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
<platform version="4.1">
  <config>
    <prop id="smpi/bw-factor" value="0:{bandwidth_factor:.6f}"/>
    <prop id="smpi/lat-factor" value="0:{latency_factor:.6f}"/>
    <prop id="network/TCP-gamma" value="0"/>
    <prop id="network/weight-S" value="0"/>
    <prop id="network/crosstraffic" value="0"/>
  </config>
  <zone id="two" routing="Full">
    <host id="node1" speed="1Gf"/>
    <host id="node2" speed="1Gf"/>
    <link id="forth" bandwidth="{bandwidth:.0f}Bps" latency="{latency:.9f}s"/>
    <link id="back" bandwidth="{bandwidth:.0f}Bps" latency="{latency:.9f}s"/>
    <link id="memory1" bandwidth="2.49GBps" latency="0.6us" sharing_policy="FATPIPE"/>
    <link id="memory2" bandwidth="2.49GBps" latency="0.6us" sharing_policy="FATPIPE"/>
    <route src="node1" dst="node1"><link_ctn id="memory1"/></route>
    <route src="node2" dst="node2"><link_ctn id="memory2"/></route>
    <route src="node1" dst="node2" symmetrical="NO"><link_ctn id="forth"/></route>
    <route src="node2" dst="node1" symmetrical="NO"><link_ctn id="back"/></route>
  </zone>
</platform>
"""


def serve(address):
    with socket.create_server((address, PORT)) as server:
        connection, _ = server.accept()
        with connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for _ in range(PINGS):
                connection.sendall(connection.recv(1))
            for _ in range(STREAMS):
                received = 0
                while received < STREAM:
                    received += len(connection.recv(1 << 20))
                connection.sendall(b"x")


def connect(address):
    for _ in range(50):
        try:
            return socket.create_connection((address, PORT))
        except OSError:
            time.sleep(0.1)
    sys.exit(f"projection.py: nothing answers at {address}")


def measure(address):
    """Half the median echo of a byte; the median rate of a stream after its first one."""
    with connect(address) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        echoes, rates = [], []
        for _ in range(PINGS):
            start = time.perf_counter()
            connection.sendall(b"x")
            connection.recv(1)
            echoes.append(time.perf_counter() - start)
        latency = statistics.median(echoes) / 2
        data = bytes(STREAM)
        for _ in range(STREAMS):
            start = time.perf_counter()
            connection.sendall(data)
            connection.recv(1)
            rates.append(STREAM / (time.perf_counter() - start - 2 * latency))
    print(json.dumps({"latency": latency, "bandwidth": statistics.median(rates)}))


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def is_disturbed(record):
    """Whether other programs, of which the rank on the other host is one, used too much of the cores."""
    return max((node["othersShare"] for node in record.get("loads", [])), default=0) > MOST_OTHERS


def disturbed(path):
    sys.exit(0 if is_disturbed(load(path)) else 1)


def factors(folder):
    """SMPI's factors for one cable, from `bench allreduce` on it.

    An all-reduce of m bytes on two ranks is two exchanges of m/2 bytes, one after the other:
    T = 2 (latency factor L + m/2 / (bandwidth factor B)). The line is fitted to messages of 256 KiB
    and more, with relative weights; smaller ones are sent by another protocol of Open MPI.
    """
    cable = load(f"{folder}/cable.json")
    points = [
        (line["bytes"], statistics.median(line["slowest"])) for line in load(f"{folder}/bench.json")["lines"]
        if line["sync"] == "allreduce" and line["bytes"] >= 1 << 18]
    # Least squares of (T - c - s m)/T.
    a = sum(1 / t**2 for _, t in points)
    b = sum(m / t**2 for m, t in points)
    c = sum(m**2 / t**2 for m, t in points)
    d = sum(1 / t for _, t in points)
    e = sum(m / t for m, t in points)
    determinant = a * c - b * b
    constant, slope = (d * c - b * e) / determinant, (a * e - b * d) / determinant
    return {
        "latency_factor": max(constant, 0) / (2 * cable["latency"]),
        "bandwidth_factor": 1 / (slope * cable["bandwidth"]),
    }


def predict(program, folder, records, values, ranks):
    """Step seconds by method, from one-rank records and the measured cable."""
    platform, output = f"{folder}/platform.xml", f"{folder}/projection.json"
    with open(platform, "w", encoding="utf-8") as file:
        file.write(PLATFORM.format(**load(f"{folder}/cable.json"), **values))
    done = subprocess.run(
        [program, "project", *records, "--platform", platform, "--ranks", str(ranks), "--ranks-per-node",
         str((ranks + 1) // 2), "--batch-size", "64", "--json", output],
        capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        sys.exit(f"projection.py: {done.stderr.strip()}")
    return {
        curve["sync"]: next(p["stepSeconds"] for p in curve["points"] if p["ranks"] == ranks)
        for curve in load(output)["curves"]}


def measured(folder, sync, ranks):
    """The median step over the runs, without disturbed ones where there are others; how many were left out."""
    records = [load(path) for path in glob.glob(f"{folder}/{sync}-{ranks}-*.json")]
    quiet = [record for record in records if not is_disturbed(record)] or records
    steps = [record["result"]["stepSeconds"]["median"] for record in quiet]
    return (statistics.median(steps), sum(map(is_disturbed, quiet))) if steps else None


def report(root, program, shape):
    records = sorted(glob.glob(f"{root}/single/*.json"))
    values = factors(f"{root}/{shape}")
    print(f"factors from {shape}: latency {values['latency_factor']:.2f}, "
          f"bandwidth {values['bandwidth_factor']:.3f}; {len(records)} records of one rank")
    print("cable | latency us | bandwidth MB/s | ranks | sync | measured ms | simulated ms | error %")
    print("--- | ---: | ---: | ---: | --- | ---: | ---: | ---:")
    errors = []
    folders = sorted(glob.glob(f"{root}/*us-*mbit"), key=lambda path: [
        int(part.rstrip("usmbit")) for part in os.path.basename(path).split("-")][::-1])
    for folder in folders:
        name, cable = os.path.basename(folder), load(f"{folder}/cable.json")
        for ranks in (2, 3, 4):
            if measured(folder, "allreduce", ranks) is None:
                continue
            predicted = predict(program, folder, records, values, ranks)
            for sync in ("allreduce", "node"):
                real, noisy = measured(folder, sync, ranks)
                error = predicted[sync] / real - 1
                judged = ranks == 2 and name != shape
                if judged:
                    errors.append(abs(error))
                noise = ", disturbed" if noisy and ranks == 2 else ""
                mark = noise if judged else " (factors from here)" if ranks == 2 else " (reported only)"
                print(f"{name} | {1e6 * cable['latency']:.0f} | {cable['bandwidth'] / 1e6:.1f} | {ranks} | "
                      f"{sync} | {1000 * real:.2f} | {1000 * predicted[sync]:.2f} | {100 * error:+.1f}{mark}")
    median, worst = statistics.median(errors), max(errors)
    print(f"{len(errors)} judged: median error {100 * median:.1f} %, worst {100 * worst:.1f} %")
    if median <= 0.10 and worst <= 0.25:
        print("within the limits of 10 % and 25 %")


def main():
    words = sys.argv[1:]
    commands = {"serve": (serve, 1), "measure": (measure, 1), "disturbed": (disturbed, 1), "report": (report, 3)}
    if not words or words[0] not in commands or len(words) != 1 + commands[words[0]][1]:
        sys.exit(__doc__)
    commands[words[0]][0](*words[1:])


if __name__ == "__main__":
    main()
