"""Runs get_data.py on made data sets: with_sets.py TABLE NAME DIR, where TABLE is a pickle of {name: set}."""

import pickle
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "jobs/datasets"))
import get_data  # noqa: E402

if __name__ == "__main__":
    sets = pickle.loads(Path(sys.argv[1]).read_bytes())
    sys.exit(get_data.main(sys.argv[2:], sets))
