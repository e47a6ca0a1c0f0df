# shellcheck shell=bash
# Tests of faults on two hosts, one after the other, with the seconds until the job has ended and its
# exit code. Not a part that runs by itself: jobs/cluster/test.sh faults. Sourced by inside.sh.
# shellcheck disable=SC2154 # variables of the other files that inside.sh sources

# Starts a training of four ranks on two hosts that would not end by itself, with a watchdog of two
# seconds and, if given, further options. Returns after its first epoch.
#   start_run [options of mnist-mpi]
start_run() {
  local command
  : >"$log"
  write_hostfile 2 node1 node2 >hostfile
  mapfile -t command < <(host_launch 4)
  on node1 "${command[@]}" "$MNIST_MPI" --threads 1 \
    --results "$scratch/fault-results" --model mlp --epochs 100000 --limit 640 "$@" >"$log" 2>&1 &
  run=$!
  within 20 grep -q '^Test Epoch: 1 ' "$log"
}

# Prints the ids of the launcher or its daemon, on all nodes or one.
launcher_of() { processes "$(command -v "$1")" "${2:-}"; }

# Prints the seconds since an EPOCHREALTIME.
seconds_since() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'; }

# Waits for the end of the run and of all its ranks, and prints a line of the table.
#   reports "fault" LIMIT "exit codes"
reports() {
  local start=$EPOCHREALTIME code=0 seconds
  within 60 has_ended "$run" || { echo "$1: still there after 60 s" && return 1; }
  wait "$run" || code=$?
  within 20 nothing_left || { echo "$1: processes are left" && return 1; }
  seconds=$(seconds_since "$start")
  echo "$1 | $seconds | $code" >>"$scratch/fault-table"
  echo "ended with $code after $seconds s"
  [[ " $3 " == *" $code "* ]] && awk -v s="$seconds" -v l="$2" 'BEGIN { exit !(s < l) }'
}

# Injects one fault and checks how the job ends.
#   fault "description" LIMIT "exit codes" command...
fault() {
  local name=$1 limit=$2 codes=$3
  shift 3
  check "faults: a run begins" start_run
  if "$@"; then
    check "faults: $name: the job ends within $limit s" reports "$name" "$limit" "$codes"
  else
    check "faults: $name" false
  fi
  clear_away
}

# A fault that a drill injects, with a word that must be on standard error.
#   drill "description" LIMIT "exit codes" "word" options...
drill() {
  local name=$1 limit=$2 codes=$3 word=$4
  shift 4
  check "faults: a run with ${*: -1} begins" start_run "$@"
  check "faults: $name: the job ends within $limit s" reports "$name" "$limit" "$codes"
  check "faults: and standard error says: $word" grep -F "$word" "$log"
  clear_away
}

stop_a_rank() { kill -STOP "$(processes "$MNIST_MPI" node2 | head -n 1)"; }
signal_launcher() { kill "-$1" "$(launcher_of "$mpirun" | head -n 1)"; }
# Succeeds if all ranks have ended within SECONDS, whatever mpirun does, and prints a line of the table.
#   ranks_end SECONDS
ranks_end() {
  local start=$EPOCHREALTIME seconds
  within "$1" no_ranks || return
  seconds=$(seconds_since "$start")
  echo "a link is cut, watchdog of 2 s: the ranks | $seconds | -" >>"$scratch/fault-table"
}
no_ranks() { [[ -z $(processes "$MNIST_MPI") ]]; }

# Kills the daemon of node2, and succeeds if the run reaches a further epoch. Hydra does not notice it.
goes_on_without_daemon() {
  kill_daemon
  local epochs
  epochs=$(grep -c '^Test Epoch' "$log")
  within 20 more_epochs "$((epochs + 1))"
}
more_epochs() { (($(grep -c '^Test Epoch' "$log") > $1)); }
kill_daemon() { kill -KILL "$(launcher_of "$daemon" node2 | head -n 1)"; }

faults_tests() {
  hosts_up >"$log" 2>&1 || { check "faults: hosts answer by ssh" false && return; }
  export OMPI_MCA_oob_tcp_keepalive_time=2 OMPI_MCA_oob_tcp_keepalive_intvl=1 \
    OMPI_MCA_oob_tcp_keepalive_probes=3
  # Hydra ends with the bare number of the signal, or with 255 if one of its daemons lost the others. After
  # a signal to itself it often ends with 0.
  local killed=137 signalled=""
  [[ $MPI == openmpi ]] || killed="9 255" signalled=" 0"
  fault "kill -9 of a rank on the first host" 10 "$killed" kill_a_rank node1
  fault "kill -9 of a rank on the second host" 10 "$killed" kill_a_rank node2
  if [[ $MPI == openmpi ]]; then
    fault "kill -9 of the daemon of the second host" 10 "205 137 1" kill_daemon
  else
    check "faults: a run begins" start_run
    check "faults: kill -9 of the daemon of the second host: the ranks go on" goes_on_without_daemon
    clear_away
  fi
  fault "kill -9 of mpirun" 10 137 signal_launcher KILL
  fault "SIGTERM to mpirun" 20 "75 130 143 1$signalled" signal_launcher TERM
  fault "SIGINT to mpirun" 20 "75 130 1$signalled" signal_launcher INT
  fault "SIGUSR1 to mpirun" 10 "138$signalled" signal_launcher USR1
  # Step 25 is in the third epoch of ten steps.
  drill "an error of one rank (its memory is corrupted)" 10 1 "first in fc2.weight" \
    --check-replicas 5 --inject corrupt:rank3@step25:402000
  drill "a loss that is not a number on one rank" 10 1 "is not finite (nan) on rank 2 (node2)" \
    --inject nan:rank2@step25
  drill "a rank in an endless loop, watchdog of 2 s" 15 76 "rank 3 (node2) is not in the all-reduce" \
    --timeout 2 --inject hang:rank3@step25
  check "faults: a run with a watchdog begins" start_run --timeout 2
  stop_a_rank
  check "faults: a rank that is stopped, watchdog of 2 s: the job ends within 15 s" \
    reports "a rank is stopped (SIGSTOP), watchdog of 2 s" 15 76
  check "faults: and standard error names it" \
    grep -E "rank [23] \(node2\) printed nothing: stopped, or its host is lost" "$log"
  clear_away
  if [[ $MPI == openmpi ]]; then
    check "faults: a run begins" start_run
    cut_off node2
    check "faults: a link is cut: the job ends within 10 s" reports "a link is cut, keepalive set" 10 "205 1 137"
  else
    # Neither MPICH nor Hydra has a keepalive: the watchdog ends the ranks, on both sides of the cut, but
    # mpirun waits for its daemon on the lost host until TCP gives up.
    check "faults: a run with a watchdog begins" start_run --timeout 2
    cut_off node2
    check "faults: a link is cut, watchdog of 2 s: the ranks on both hosts end within 15 s" ranks_end 15
  fi
  clear_away
  join_again node2
  echo "fault | seconds until all has ended | exit code"
  cat "$scratch/fault-table"
}
