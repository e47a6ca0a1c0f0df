"""Training runs on a GPU: seconds and accuracy, compared with the CPU.

    training.py epochs PRECISION...   two epochs of cnn and mlp, several times, compared with the CPU
    training.py recipe PRECISION...   --recipe fast with ten seeds
    training.py ranks                 two ranks on one GPU

Exit status 1 if a run failed or an accuracy is not the expected one.
"""

import math
import os
import statistics
import sys

from program import Failed, Program, Unavailable, median, options, spread


def accuracy(record):
    return record["result"]["testAccuracy"]


def agree(first, second):
    """Whether the accuracies of two records agree, by the rule that mnist-mpi uses.

    The bound is two standard errors of the difference, but at least 0.002.
    """
    mean = (accuracy(first) + accuracy(second)) / 2
    error = math.sqrt(2 * mean * (1 - mean) / first["work"]["testSamples"])
    return abs(accuracy(first) - accuracy(second)) <= max(0.002, 2 * error) + 1e-9


def epochs(program, chosen):
    """Prints seconds and accuracy of two epochs on the GPU; returns whether all runs are as expected."""
    good = True
    print("Two epochs, batch 64; seconds of the second one, evaluation apart; start-up: until the first step")
    for model in ("cnn", "mlp"):
        arguments = ["--model", program.network(model), "--epochs", "2", "--batch-size", "64"]
        cpu, _ = program.train(*arguments, device="cpu")
        print(f"  {model} on the CPU, {cpu['config']['threadsPerRank']} threads: {cpu['epochs'][1]['seconds']:.3f} s; "
              f"accuracy {accuracy(cpu):.4f}")
        for precision in chosen.precisions:
            name = f"  {model} {precision:8}"
            try:
                records = [
                    program.train(*arguments, "--precision", precision)[0]
                    for _ in range(2 if chosen.tiny else 5)]
            except Unavailable as reason:
                print(f"{name} skipped: {reason}")
                continue
            except Failed as reason:
                print(f"{name} FAILED: {reason}")
                good = False
                continue
            seconds = [record["epochs"][1]["seconds"] for record in records]
            images = records[0]["result"]["samplesSeen"] / 2
            same_bits = len({record["result"]["weightsSHA256"] for record in records}) == 1
            as_cpu = agree(records[0], cpu)
            good = good and same_bits and as_cpu
            start = median([record["result"]["firstStepAt"] for record in records])
            print(f"{name} {spread(seconds, digits=3)} s, {images / median(seconds):.0f} images/s, start-up "
                  f"{start:.2f} s; accuracy {accuracy(records[0]):.4f}, "
                  f"{'as on the CPU' if as_cpu else 'NOT AS ON THE CPU'}; {len(records)} runs: "
                  f"{'the same bits' if same_bits else 'DIFFERENT BITS'}")
    return good


def recipe(program, chosen):
    """Prints mean accuracy and seconds of --recipe fast; returns whether all runs succeeded."""
    good = True
    seeds = range(1, 3 if chosen.tiny else 11)
    print(f"--recipe fast, seeds 1 to {len(seeds)}: mean accuracy with its standard error, training seconds")
    smaller = ["--model", program.network("cnn"), "--steps", "10"] if chosen.tiny else []
    for precision in chosen.precisions:
        try:
            results = [
                program.train("--recipe", "fast", "--seed", str(seed), "--precision", precision, *smaller)[0]["result"]
                for seed in seeds]
        except Unavailable as reason:
            print(f"  {precision:8} skipped: {reason}")
            continue
        except Failed as reason:
            print(f"  {precision:8} FAILED: {reason}")
            good = False
            continue
        reached = [result["testAccuracy"] for result in results]
        error = statistics.stdev(reached) / math.sqrt(len(reached))
        seconds = [result["trainingSeconds"] for result in results]
        print(f"  {precision:8} {statistics.mean(reached) * 100:.3f} +- {error * 100:.3f} % "
              f"({min(reached) * 100:.2f} to {max(reached) * 100:.2f}), mean {statistics.mean(seconds):.3f} s "
              f"({min(seconds):.3f} to {max(seconds):.3f})")
    return good


def ranks(program, chosen):
    """Trains with two ranks on the first GPU.

    Returns whether the accuracy agrees with one rank's and the record marks the GPU as shared.
    """
    good = True
    first = {"CUDA_VISIBLE_DEVICES": os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0]}
    for model in ("cnn", "mlp"):
        arguments = ["--model", program.network(model), "--epochs", "2", "--batch-size", "64"]
        try:
            one, _ = program.train(*arguments, environment=first)
            two, printed = program.train(*arguments, ranks=2, environment=first)
        except (Failed, Unavailable) as reason:
            print(f"  {model} FAILED: {reason}")
            good = False
            continue
        marking = next((line for line in printed.splitlines() if "shared device" in line), "")
        marked = bool(marking) and all("shared device" in rank["device"] for rank in two["ranks"])
        right = agree(one, two) and two["result"]["replicasEqual"]
        good = good and marked and right
        print(f"  {model}: {marking or 'NOT MARKED as shared device'}")
        print(f"  {model}: accuracy of 2 ranks {accuracy(two):.4f}, of one {accuracy(one):.4f}, "
              f"{'agree' if right else 'DO NOT AGREE'}; {two['result']['trainingSeconds']:.2f} s and "
              f"{one['result']['trainingSeconds']:.2f} s (no measurement: the ranks share the GPU)")
        if marking and not marked:
            print(f"  {model}: the record does NOT mark all ranks as sharing")
    return good


def main():
    parser = options(__doc__)
    subjects = {"epochs": epochs, "recipe": recipe, "ranks": ranks}
    parser.add_argument("subject", choices=tuple(subjects))
    parser.add_argument("precisions", nargs="*", metavar="PRECISION")
    chosen = parser.parse_args()
    try:
        return 0 if subjects[chosen.subject](Program(chosen), chosen) else 1
    except (Failed, Unavailable) as reason:
        print(f"FAILED: {reason}")
        return 1


sys.exit(main())
