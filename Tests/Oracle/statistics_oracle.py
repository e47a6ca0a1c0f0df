"""Computes with numpy and scipy what the tests of the module Statistics compare it with: medians,
intervals from order statistics, binomial probabilities and fits. Run by hand; see README.md."""

import argparse
import json
import math
from pathlib import Path

import numpy as np
from scipy import optimize, stats

SEED = 1
LEVELS = (0.9, 0.95, 0.99)
LARGEST_COUNT = 60
TRIALS = ((1, 0.5), (6, 0.5), (15, 0.5), (60, 0.5), (10, 0.1), (25, 0.9), (40, 0.01), (7, 0.0),
          (7, 1.0), (500, 0.37), (3000, 0.5), (3000, 0.999))


def medians(random):
    """Samples with and without ties, and their medians."""
    samples = [[3.0], [2.0, 1.0], [1.0, 1.0, 1.0, 5.0], [0.0, -0.0, 1e300, -1e300]]
    samples += [random.lognormal(0, 1, count).tolist() for count in (5, 6, 9, 12, 31, 200)]
    samples += [random.integers(0, 5, count).astype(float).tolist() for count in (7, 20)]
    return [{"values": values, "median": float(np.median(values))} for values in samples]


def order_statistics():
    """For each level and count: the largest k whose interval from the k-th smallest to the k-th
    largest value contains the median with at least that probability (0: none), and the probability.
    It is checked against exact integers."""
    rows = []
    for level in LEVELS:
        for count in range(1, LARGEST_COUNT + 1):
            k, coverage = 0, None
            for candidate in range(1, (count + 1) // 2 + 1):
                inside = stats.binom.cdf(count - candidate, count, 0.5) \
                    - stats.binom.cdf(candidate - 1, count, 0.5)
                exact = sum(math.comb(count, i) for i in range(candidate, count - candidate + 1))
                if abs(inside - exact / 2**count) > 1e-14:
                    raise SystemExit(f"scipy is not exact for n = {count}, k = {candidate}")
                if inside >= level:
                    k, coverage = candidate, float(inside)
            rows.append({"level": level, "count": count, "k": k, "coverage": coverage})
    return rows


def binomial():
    """P(X <= k) for all k of small numbers of trials, and for some k of large ones."""
    rows = []
    for trials, probability in TRIALS:
        step = max(1, trials // 40)
        for k in range(-1, trials + 2, step):
            value = float(stats.binom.cdf(k, trials, probability))
            # Below this, scipy itself is not exact to 1e-9.
            if value == 0 or value > 1e-250:
                rows.append({"k": k, "trials": trials, "probability": probability, "value": value})
    return rows


def least_squares(random):
    """Random problems of one to four columns, the last with columns of very different scales."""
    cases = []
    for rows, columns, scale in ((4, 1, 1), (3, 3, 1), (12, 3, 1), (30, 4, 1), (20, 3, 1e5)):
        scales = scale ** np.arange(columns, dtype=float)
        matrix = random.normal(size=(rows, columns)) * scales
        y = matrix @ (random.normal(size=columns) / scales) + random.normal(size=rows)
        # Scaled columns: lstsq drops small singular values.
        norms = np.linalg.norm(matrix, axis=0)
        coefficients = np.linalg.lstsq(matrix / norms, y, rcond=None)[0] / norms
        cases.append({
            "rows": matrix.tolist(),
            "y": y.tolist(),
            "coefficients": coefficients.tolist(),
            "residuals": (y - matrix @ coefficients).tolist(),
        })
    return cases


def non_negative(matrix, seconds):
    """Least squares without negative coefficients. nnls chooses which are zero; the rest is fitted
    once more, because nnls solves normal equations."""
    first, _ = optimize.nnls(matrix, seconds)
    chosen = np.flatnonzero(first)
    coefficients = np.zeros(matrix.shape[1])
    coefficients[chosen] = np.linalg.lstsq(matrix[:, chosen], seconds, rcond=None)[0]
    if not np.allclose(first, coefficients, rtol=1e-6, atol=1e-12):
        raise SystemExit(f"nnls {first} and lstsq {coefficients} do not agree")
    return coefficients


def fits(random):
    """Times with noise on several rank counts and the coefficients of the three laws, also for
    times where coefficients of Amdahl's and Gunther's laws would be negative."""
    few, many = [1, 2, 4, 8], [1, 1, 2, 2, 3, 4, 4, 6, 8, 12, 16, 16]
    shapes = {
        "serial share": (many, lambda p: 40 * (0.07 + 0.93 / p)),
        "contention and coherency": (many, lambda p: 12 / p + 0.8 * (p - 1) / p + 0.05 * (p - 1)),
        "tree": (many, lambda p: 0.2 + 9 / p + 0.35 * np.log2(p)),
        "four rank counts": (few, lambda p: 3 * (0.2 + 0.8 / p)),
        "above linear": (few, lambda p: 10 / p**1.15),
        "no gain": (few, lambda p: 5 + 0 * p),
        "slower with more ranks": (few, lambda p: 2 + 0.3 * (p - 1)),
        "only coherency": (few, lambda p: 6 / p + 0.1 * (p - 1)),
    }
    cases = []
    for name, (ranks, law) in shapes.items():
        p = np.array(ranks, float)
        seconds = law(p) * random.lognormal(0, 0.02, len(p))
        serial, divided = non_negative(np.stack([p**0, 1 / p], 1), seconds)
        one, contention, coherency = non_negative(
            np.stack([1 / p, (p - 1) / p, p - 1], 1), seconds)
        tree = np.linalg.lstsq(np.stack([p**0, 1 / p, np.log2(p)], 1), seconds, rcond=None)[0]
        cases.append({
            "name": name,
            "ranks": ranks,
            "seconds": seconds.tolist(),
            "amdahl": {"oneRankSeconds": serial + divided,
                       "serialShare": serial / (serial + divided)},
            "usl": {"oneRankSeconds": one, "contention": contention / one,
                    "coherency": coherency / one},
            "logarithmic": dict(zip(("constant", "parallel", "logarithmic"), tree.tolist())),
        })
    shares = [case["amdahl"]["serialShare"] for case in cases]
    zeros = {(case["usl"]["contention"] == 0, case["usl"]["coherency"] == 0) for case in cases}
    if 0 not in shares or 1 not in shares or len(zeros) < 4:
        raise SystemExit(f"a kind of fit does not occur: shares {shares}, zeros {zeros}")
    return cases


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    arguments = parser.parse_args()
    random = np.random.default_rng(SEED)
    content = {
        "medians": medians(random),
        "orderStatistics": order_statistics(),
        "binomial": binomial(),
        "leastSquares": least_squares(random),
        "fits": fits(random),
    }
    lines = []
    for name, rows in content.items():
        lines.append(f'"{name}": [\n' + ",\n".join(json.dumps(row) for row in rows) + "\n]")
    path = arguments.out / "statistics.json"
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(path)


main()
