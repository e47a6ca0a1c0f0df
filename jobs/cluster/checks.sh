# shellcheck shell=bash
# Counts checks and prints a line for each; looks at processes and results. Sourced by inside.sh.
# shellcheck disable=SC2154 # variables of the other files that inside.sh sources

log=$scratch/log # output of the last run, shown when one of its checks fails
passed=0
failed=0
absent=0

# Prints one line for a check: it holds if the command succeeds.
#   check "what holds" command...
check() {
  local what=$1
  shift
  if "$@" >"$scratch/said" 2>&1; then
    echo "ok: $what"
    passed=$((passed + 1))
  else
    echo "FAILED: $what"
    tail -n 20 "$log" | sed 's/^/    /'
    echo "    = $*"
    tail -n 10 "$scratch/said" | sed 's/^/    = /'
    failed=$((failed + 1))
  fi
}

# A part that turns out to be impossible only in here.
#   not_here slurm|hosts "reason"
not_here() {
  local name=$1
  [[ $name != slurm ]] || name=SLURM
  echo "skipped: $name: $2"
  absent=$((absent + 1))
}

# Prints the total and ends everything: 1 if a check failed, 3 if none did but a part was skipped.
summary() {
  trap - EXIT
  echo "$passed passed, $failed failed"
  ((failed == 0)) || exit 1
  ((absent == 0)) || exit 3
  exit 0
}

# Succeeds as soon as the command does, fails after so many seconds.
#   within SECONDS command...
within() {
  local end=$((${EPOCHREALTIME/./} + $1 * 1000000))
  shift
  until "$@"; do
    ((${EPOCHREALTIME/./} < end)) || return 1
    sleep 0.1
  done
}

# Facts about the JSON record and the weights that a run wrote.
results() { python3 "$here/results.py" "$@"; }

# Prints the ids of processes that run this file, on one node or on all. A dead process that nobody has
# asked for its status yet runs none.
#   processes FILE [NODE]
processes() {
  local network="" entry
  [[ -z ${2:-} ]] || network=$(readlink "/proc/${holder[$2]}/ns/net")
  for entry in /proc/[0-9]*; do
    [[ $entry/exe -ef $1 ]] || continue
    [[ -z $network || $(readlink "$entry/ns/net") == "$network" ]] || continue
    echo "${entry#/proc/}"
  done 2>/dev/null
}

kill_a_rank() { kill -KILL "$(processes "$MNIST_MPI" "$1" | head -n 1)"; }

# Prints the ids of ranks and of what starts them.
left() {
  local file
  for file in "$MNIST_MPI" "$(command -v orted)" "$(command -v mpirun)" "$(command -v srun)"; do
    [[ -z $file ]] || processes "$file"
  done
}

# Succeeds if nothing of a run is left on any node.
nothing_left() { [[ -z $(left) ]]; }

# Ends what is left after all, so that it does not spoil the next tests.
clear_away() { left | xargs --no-run-if-empty kill -KILL; }
