# shellcheck shell=bash
# Tests of mnist-mpi study on several hosts, also with a slow network between them. Sourced by
# inside.sh.
# shellcheck disable=SC2154 # variables of the other files that inside.sh sources

# Succeeds if every record of a study's 2-rank runs has these facts (see results.py record).
#   pairs_have DIRECTORY name=value...
pairs_have() {
  local file
  for file in "$1"/records/*-np2-*.json; do
    results record "$file" "${@:2}" || return
  done
}

# Checks the report that a study on node1 and node2 printed, and the one of its directory as JSON.
#   study_reports NAME DIRECTORY BLOCKS
study_reports() {
  local name=$1 directory=$2 blocks=$3
  check "$name: every block has all three runs" results study "$directory" 3 "$blocks"
  check "$name: it prints the table with its row of 2 ranks on 2 nodes" \
    grep -E '^ +2 +2 allreduce +1 +[0-9]+ ' "$log"
  check "$name: report writes it as JSON" \
    "$MNIST_MPI" report "$directory" --json "$directory.json"
  check "$name: there, the parts of its loss ledger add up and explain the loss" \
    ledger report "$directory.json" 2 2 "$blocks"
}
ledger() { python3 "$here/ledger.py" "$@"; }

# One step of this network sends 106 KB, so a slow network delays the steps, but not for long.
network_steps=150
network_work=(--hidden "32,32" --steps "$network_steps" --limit 9600)

# Runs a study on node1 and node2 with a rank on each.
#   study_on_hosts DIRECTORY
study_on_hosts() {
  write_hostfile 1 node1 node2 >study-hostfile
  # The nodes have the same cores, and study binds the first rank of each node to its first core.
  # This file of Open MPI gives node2 the second one.
  printf '%s\n' "rank 0=node1 slot=0" "rank 1=node2 slot=$(($(nproc) > 1))" >study-rankfile
  OMPI_MCA_rmaps_rank_file_path=$PWD/study-rankfile on node1 "$MNIST_MPI" study --ranks 1,2 \
    --model mlp --repeats 6 --hostfile study-hostfile --out "$1" \
    -- --data "$MNIST_DATA" "${network_work[@]}" >"$log" 2>&1
}

# Limits the rate between node1 and node2, in both directions: the nodes' clocks are compared by an
# echo, which takes the two directions to be equally fast. (netem, which delays packets, would do as
# well, but not every kernel has it.)
slow_network() {
  local node
  for node in node1 node2; do
    on "$node" tc qdisc add dev eth0 root tbf rate 200mbit burst 4kb latency 400ms || return
  done
}
normal_network() {
  local node
  for node in node1 node2; do
    on "$node" tc qdisc del dev eth0 root
  done 2>/dev/null
}

# What each step must take longer: 106 KB (26,506 parameters) less the 4 KiB that pass at once, at
# 200 Mbit/s, take 4.0 ms. The gradients of the rank that arrives last must reach the other rank
# after that, so the transfer of at least one rank rises by this.
network_seconds=$(awk -v steps="$network_steps" 'BEGIN { print steps * (26506 * 4 - 4096) * 8 / 200e6 }')

# Succeeds if a slow network makes the transfer longer, and no other part of the loss ledger by more
# than its range and 1 % of the time.
# Repeated by its caller, because other programs may change the speed of this machine between the
# two studies, which then differ in other parts too.
only_transfer_rises() {
  local status=0
  [[ -d undisturbed ]] || study_on_hosts undisturbed || return
  slow_network && study_on_hosts slow || status=1
  normal_network
  ((status == 0)) && "$MNIST_MPI" report undisturbed --json undisturbed.json &&
    "$MNIST_MPI" report slow --json slow.json &&
    ledger slower undisturbed.json slow.json "$network_seconds" && return
  rm -rf undisturbed slow
  return 1
}

# Runs a command again if it fails, up to COUNT times in all.
#   up_to COUNT command...
up_to() {
  local count=$1
  shift
  until "$@"; do
    count=$((count - 1))
    ((count > 0)) || return 1
  done
}

study_hosts_tests() {
  local name="hosts: study with --hostfile"
  check "$name: exit code 0" study_on_hosts undisturbed
  study_reports "$name" undisturbed 6
  check "$name: in every block the 2 ranks are on node1 and node2" \
    pairs_have undisturbed ranksOnHosts=node1:1,node2:1 launcher=mpirun replicasEqual=true
}

# Not a part that runs by itself: it takes up to three pairs of studies, on an idle machine.
ledger_tests() {
  hosts_up >"$log" 2>&1 || { check "ledger: hosts answer by ssh" false && return; }
  if slow_network; then
    normal_network
    check "ledger: a study over a slow network: the transfer rises, and no other part of the ledger" \
      up_to 3 only_transfer_rises
  else
    normal_network
    not_here ledger "a slow network (tc, sch_tbf)"
  fi
}
