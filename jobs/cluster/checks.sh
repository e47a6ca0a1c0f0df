# shellcheck shell=bash
# Functions that run checks, count them and print a line for each, and that inspect processes and
# results. Sourced by inside.sh.
# shellcheck disable=SC2154 # variables of the other files that inside.sh sources

# The launcher of the MPI family, and the program that it starts on each host.
mpirun=$(find_mpirun "$MPI") daemon=orted
[[ $MPI == openmpi ]] || daemon=hydra_pmi_proxy

log=$scratch/log # output of the last run, printed when one of its checks fails
passed=0
failed=0
absent=0

# Runs one check, which passes if the command succeeds, and prints a line for it.
#   check "description" command...
check() {
  local what=$1
  shift
  if "$@" >"$scratch/check-output" 2>&1; then
    echo "ok: $what"
    passed=$((passed + 1))
  else
    echo "FAILED: $what"
    tail -n 20 "$log" | sed 's/^/    /'
    echo "    = $*"
    tail -n 10 "$scratch/check-output" | sed 's/^/    = /'
    failed=$((failed + 1))
  fi
}

# Reports a part as skipped, when only inside the namespaces it turns out to be impossible.
#   not_here PART "reason"
not_here() {
  local name=$1
  [[ $name != slurm ]] || name=SLURM
  echo "skipped: $name: $2"
  absent=$((absent + 1))
}

# Prints the totals. Exits with 1 if a check failed, else with 3 if a part was skipped, else with 0.
summary() {
  trap - EXIT
  echo "$passed passed, $failed failed"
  ((failed == 0)) || exit 1
  ((absent == 0)) || exit 3
  exit 0
}

# Repeats a command until it succeeds; fails if it has not succeeded after SECONDS.
#   within SECONDS command...
within() {
  local end=$((${EPOCHREALTIME/./} + $1 * 1000000))
  shift
  until "$@"; do
    ((${EPOCHREALTIME/./} < end)) || return 1
    sleep 0.1
  done
}

# Checks the JSON record and the weights that a run wrote.
results() { python3 "$here/results.py" "$@"; }

# Prints the ids of the processes that run FILE, on one node or on all, without zombie processes.
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

# Prints the ids of all ranks and of the programs that start ranks.
left() {
  local file
  for file in "$MNIST_MPI" "$(command -v "$daemon")" "$(command -v "$mpirun")" "$(command -v srun)"; do
    [[ -z $file ]] || processes "$file"
  done
}

# Succeeds if no process of a run is left on any node.
nothing_left() { [[ -z $(left) ]]; }

# Kills the processes that are left, so that they do not disturb the next tests.
clear_away() { left | xargs --no-run-if-empty kill -KILL; }
