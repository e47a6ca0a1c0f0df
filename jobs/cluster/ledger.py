"""Checks reports of a scaling study (mnist-mpi report DIRECTORY --json FILE).

    ledger.py report FILE RANKS NODES RUNS     a row of these ranks and nodes has RUNS runs or more and
                                               a loss ledger whose parts add up
    ledger.py slower BEFORE AFTER SECONDS      of a study on an undisturbed network and one on a slow
                                               network, only the transfer differs, by SECONDS or more

Prints the values it compared; exit code 1 if the check fails.
"""

import sys

from results import read_json

# Beyond this share of p T(p), the parts of a ledger do not explain the loss.
LARGEST_REST = 0.03
# A rank that waits for the network finds its caches cold, so a step's other parts take longer too, by
# up to this share of p T(p).
LARGEST_SIDE_EFFECT = 0.01


def find_row(report, ranks, nodes):
    """Returns the only row with so many ranks on so many nodes."""
    rows = [row for row in report["rows"] if (row["ranks"], row["nodes"]) == (ranks, nodes)]
    if len(rows) != 1:
        seen = [(row["ranks"], row["nodes"]) for row in report["rows"]]
        raise ValueError(f"one row of {ranks} ranks on {nodes} nodes expected; ranks and nodes: {seen}")
    return rows[0]


def is_explained(row):
    """Whether the parts of a row's ledger add up to its total, and little is left unexplained."""
    parts = {entry["part"]: entry["seconds"] for entry in row["ledger"]}
    total, limit = sum(parts.values()), LARGEST_REST * row["rankSeconds"]
    print(f"{row['runs']} runs, p T(p) {row['rankSeconds']:.4f} s; parts add up to {total:.4f} s, "
          f"total {row['ledgerTotalSeconds']:.4f} s; rest {parts['rest']:.4f} s, allowed {limit:.4f} s")
    return abs(total - row["ledgerTotalSeconds"]) < 1e-6 and abs(parts["rest"]) <= limit


def report(path, ranks, nodes, runs):
    row = find_row(read_json(path), int(ranks), int(nodes))
    return is_explained(row) and row["runs"] >= int(runs) and row["trainingSeconds"]["median"] > 0


def slower(before_path, after_path, seconds):
    """Whether a slow network made the transfer longer, and no other part of the ledger."""
    before, after = (find_row(read_json(path), 2, 2) for path in (before_path, after_path))
    # Of both rows, also if one is not explained, so that both are printed.
    good = all([is_explained(row) for row in (before, after)])
    later = {entry["part"]: entry["seconds"] for entry in after["ledger"]}
    if later.keys() != {entry["part"] for entry in before["ledger"]}:
        print("different parts:", *later)
        return False
    for entry in before["ledger"]:
        part, low, high = entry["part"], entry["low"], entry["high"]
        width = high - low
        if part == "transfer":
            rise, least = later[part] - entry["seconds"], max(float(seconds), width)
            text, fits = f"rises by {rise:.4f} s, expected at least {least:.4f} s", rise >= least
        elif part == "rest":
            continue
        else:
            margin = width + LARGEST_SIDE_EFFECT * after["rankSeconds"]
            floor, ceiling = low - margin, high + margin
            text = f"allowed {floor:.4f} to {ceiling:.4f} s"
            fits = floor <= later[part] <= ceiling
        print(f"{'good ' if fits else 'WRONG'} {part}: {entry['seconds']:.4f} s "
              f"({low:.4f} to {high:.4f}), then {later[part]:.4f} s; {text}")
        good = good and fits
    return good


if __name__ == "__main__":
    checks = {"report": report, "slower": slower}
    try:
        passed = checks[sys.argv[1]](*sys.argv[2:])
    except (OSError, ValueError, KeyError) as error:
        print(f"{sys.argv[1]}: {type(error).__name__}: {error}")
        passed = False
    sys.exit(0 if passed else 1)
