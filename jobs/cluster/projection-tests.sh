# shellcheck shell=bash
# Predicted against measured step times: two hosts joined by a cable of three lengths and three rates.
# SimGrid's factors are found on one of the nine cables, and its predictions are judged on the others.
# Not a part that runs by itself: jobs/cluster/test.sh projection (about ten minutes). Sourced by
# inside.sh.
# shellcheck disable=SC2154 # variables of the other files that inside.sh sources

projection_rates=(200 500 1000)     # Mbit/s
projection_latencies=(100 500 2000) # us
projection_repeats=${PROJECTION_REPEATS:-2}
projection_work=(--batch-size 64 --steps 25 --limit 1600)
cable_net=10.78.0

# Joins node1 and node2 by a cable of its own, beside the bridge over which ssh starts the ranks.
#   cable_up LATENCY RATE
cable_up() {
  local node
  ./delay "$1" "${holder[node1]}" "$cable_net.1/24" "${holder[node2]}" "$cable_net.2/24" \
    >cable-log 2>&1 &
  cable=$!
  within 20 grep -q ready cable-log || { cat cable-log && return 1; }
  for node in node1 node2; do
    # The queue holds what TCP sends at once; the burst is two frames.
    on "$node" tc qdisc add dev cable root tbf rate "$2mbit" burst 20kb limit 16mb || return
    # The same congestion control on every machine: Linux allows reno in every network namespace.
    on "$node" sysctl -q net.ipv4.tcp_congestion_control=reno || return
  done
}

cable_down() {
  kill "$cable" && wait "$cable" 2>/dev/null
  within 20 cable_is_gone
}
cable_is_gone() { ! on node1 ip link show cable >/dev/null 2>&1; }

# Prints the latency and the bandwidth that a cable really has, measured by TCP without MPI.
measure_cable() {
  local server
  on node2 python3 "$here/projection.py" serve "$cable_net.2" >/dev/null 2>&1 &
  server=$!
  on node1 python3 "$here/projection.py" measure "$cable_net.2" && wait "$server"
}

# Trains on hosts and keeps the record. Each host counts the ranks of the other one as other programs, so
# half of the cores by others is normal; a run with clearly more is repeated, twice at most.
#   projected_run RECORD RANKS "host..." [options of mnist-mpi]
projected_run() {
  local record=$1 try
  shift
  for try in 1 2 3; do
    on_hosts "$@" --json "$record" || return
    python3 "$here/projection.py" disturbed "$record" || return 0
    echo "try $try: other programs disturbed the run"
  done
}

# Measures one cable: what it is, and the steps of both methods.
#   measure_shape LATENCY RATE
measure_shape() {
  local folder=projection/$1us-$2mbit repeat sync batch ranks
  mkdir -p "$folder"
  check "projection: a cable of $1 us and $2 Mbit/s" cable_up "$1" "$2"
  check "projection: its latency and bandwidth are measured" measure_cable_into "$folder/cable.json"
  for batch in 16 32; do
    check "projection: one rank, batch $batch" \
      projected_run "projection/single/$1-$2-$batch.json" 1 node1 \
      --batch-size "$batch" --steps 150 --limit 9600
  done
  for ((repeat = 1; repeat <= projection_repeats; repeat++)); do
    for sync in allreduce node; do
      check "projection: two ranks, $sync" \
        projected_run "$folder/$sync-2-$repeat.json" 2 "node1 node2" "${projection_work[@]}" \
        --sync "$sync"
    done
  done
  if [[ "$1 $2" == "500 500" ]]; then
    check "projection: bench allreduce on the cable for the factors" bench_into "$folder/bench.json"
    for ranks in 3 4; do
      for sync in allreduce node; do
        check "projection: $ranks ranks, $sync, reported only" \
          on_hosts "$ranks" "node1 node2" "${projection_work[@]}" --sync "$sync" \
          --json "$folder/$sync-$ranks-1.json"
      done
    done
  fi
  check "projection: the cable is removed" cable_down
}
measure_cable_into() { measure_cable >"$1"; }
bench_into() {
  write_hostfile 1 node1 node2 >hostfile
  on node1 timeout --kill-after=5 120 mpirun --hostfile hostfile -np 2 --bind-to none \
    "$MNIST_MPI" bench allreduce --json --repeats 7 --threads 1 >"$1" 2>"$log"
}

projection_tests() {
  local rate latency
  if ! hosts_up >"$log" 2>&1; then
    check "projection: three hosts answer by ssh" false
    return
  fi
  if ! cc -O2 -o delay "$here/delay.c" >"$log" 2>&1 || [[ ! -r /dev/net/tun ]]; then
    not_here projection "no C compiler or no TUN devices: $(tail -n 1 "$log")"
    return
  fi
  # MPI's messages take the cable, everything else the bridge. Messages go in fragments: as one piece,
  # Open MPI's default, a message of some megabytes delays the acknowledgement that the other rank waits
  # for, as both use one connection. If the ranks arrive apart, the two directions then take turns, and a
  # step takes up to twice as long. SimGrid has no such queue.
  export OMPI_MCA_btl_tcp_if_include=$cable_net.0/24 OMPI_MCA_oob_tcp_if_include=10.77.0.0/24
  export OMPI_MCA_btl_tcp_flags=${PROJECTION_TCP_FLAGS-1}
  mkdir -p projection/single
  for rate in "${projection_rates[@]}"; do
    for latency in "${projection_latencies[@]}"; do
      measure_shape "$latency" "$rate"
    done
  done
  unset OMPI_MCA_btl_tcp_if_include OMPI_MCA_oob_tcp_if_include OMPI_MCA_btl_tcp_flags
  if [[ -n ${PROJECTION_KEEP:-} ]]; then cp -r projection "$PROJECTION_KEEP"; fi
  python3 "$here/projection.py" report projection "$MNIST_MPI" 500us-500mbit >projection-table 2>"$log"
  cat projection-table
  check "projection: median error at most 10 %, worst at most 25 %" \
    grep -q "^within the limits" projection-table
}
