# shellcheck shell=bash
# Tests of mnist-mpi doctor for problems that need several hosts, Slurm or root. Sourced by
# inside.sh. Other programs on this machine cause a finding too (load by others), so these tests
# ignore it.
# shellcheck disable=SC2154 # variables of the other files that inside.sh sources

# Runs a command with its output in the log; succeeds if its exit code is CODE.
#   ends_with CODE command...
ends_with() {
  local status=0
  "${@:2}" >"$log" 2>&1 || status=$?
  echo "ended with $status"
  ((status == $1))
}

# Runs a command; succeeds if its exit code is 0 or, with a finding, 1.
#   examines command...
examines() {
  local status=0
  "$@" >"$log" 2>&1 || status=$?
  ((status <= 1))
}

# Succeeds if the last doctor printed this finding and, apart from load, no other.
#   found "beginning of the finding" "beginning of the remedy"
found() {
  [[ $(grep '^warning  ' "$log" | grep -cv '^warning  load by others:') == 1 ]] &&
    grep -F -A1 "warning  $1" "$log" | grep -F "         fix: $2"
}

# Succeeds if the last doctor printed no finding except load.
found_nothing() { ! grep '^warning  ' "$log" | grep -v '^warning  load by others:'; }

# Runs the doctor on hosts, one rank on each, unbound as in on_hosts.
#   doctor_on_hosts "host..." [options of mpirun]
doctor_on_hosts() {
  local hosts
  read -ra hosts <<<"$1"
  write_hostfile 1 "${hosts[@]}" >hostfile
  on "${hosts[0]}" timeout --kill-after=5 60 mpirun --hostfile hostfile -np "${#hosts[@]}" \
    --bind-to none "${@:2}" "$MNIST_MPI" doctor --threads 1
}

# Writes a launch agent for mpirun: on node2, its daemon finds another file at the program's path.
write_launch_agent() {
  { cat "$MNIST_MPI" && echo more; } >other-program
  chmod +x other-program
  cat >launch-agent <<SCRIPT
#!/bin/sh
[ "\$(hostname)" = node2 ] || exec orted "\$@"
exec unshare --mount sh -c \
  'mount --bind "$PWD/other-program" "$MNIST_MPI" && exec orted "\$@"' orted "\$@"
SCRIPT
  chmod +x launch-agent
}

# Prints a program's name in findings: the first digits of its SHA-256 and its revision, if any.
#   name_of FILE
name_of() {
  local hash revision
  hash=$(sha256sum "$1" | cut -c 1-12)
  revision=$("$(realpath "$1")" --version | sed -n 's/^[^ ]* \((.*)\)$/ \1/p')
  echo "$hash$revision"
}

# Runs the doctor with two ranks on node1 and a small /dev/shm; when it is full, Open MPI uses TCP.
#   doctor_with_shared_memory SIZE ["command before"]
doctor_with_shared_memory() {
  on node1 unshare --mount sh -c "mount -t tmpfs -o size=$1 tmpfs /dev/shm && ${2:-true} &&
    timeout --kill-after=5 60 mpirun -np 2 --host localhost:2 --bind-to none '$MNIST_MPI' doctor --threads 1"
}

# Repeated by its caller, because load on this machine may delay the messages in one attempt.
three_hosts_are_well() { examines doctor_on_hosts "node1 node2 node3" && found_nothing; }

doctor_hosts_tests() {
  check "hosts: doctor finds nothing wrong with three hosts" within 30 three_hosts_are_well
  check "hosts: doctor names the launch" \
    grep -F "ok       launcher: mpirun, 3 ranks on 3 nodes (node1, node2, node3)" "$log"
  check "hosts: doctor names the network and its latency" \
    grep -E "^ok       network: 1 KiB takes [0-9]+ us node1 - node2 \(btl/tcp, eth0 10\.77\.0\.2\), \
[0-9]+ us node1 - node3 \(btl/tcp, eth0 10\.77\.0\.3\)$" "$log"

  # A traffic filter with which a message of 1 KiB takes 4 ms.
  if on node2 tc qdisc add dev eth0 root tbf rate 2mbit burst 2kb latency 100ms; then
    check "hosts: doctor over a slow network: exit code 1" ends_with 1 doctor_on_hosts "node1 node2"
    check "hosts: doctor names the connection and the remedy" \
      found "network: 1 KiB takes " "ping -c 20 node2 "
    on node2 tc qdisc del dev eth0 root
  else
    not_here hosts "a slow network (tc, sch_tbf)"
  fi

  write_launch_agent
  local differs
  differs="versions: the program differs: node1, node3: $(name_of "$MNIST_MPI"); "
  differs+="node2: $(name_of other-program)"
  check "hosts: doctor with another program on node2: exit code 1" \
    ends_with 1 doctor_on_hosts "node1 node2 node3" --mca orte_launch_agent "$PWD/launch-agent"
  check "hosts: doctor names the hosts, both programs and the remedy" \
    found "$differs" "rsync -a $MNIST_MPI node2:$MNIST_MPI"
  OMPI_MCA_orte_launch_agent=$PWD/launch-agent check "hosts: a run with another program on node2 still trains" \
    on_hosts 3 "node1 node2 node3" "${hosts_work[@]}" --quiet
  check "hosts: and warns in one line" \
    grep -Fx "mnist-mpi: warning: $differs; fix: rsync -a $MNIST_MPI node2:$MNIST_MPI" "$log"

  local small="shared memory: node1: /dev/shm has 4 MiB"
  check "hosts: doctor with 4 MB of /dev/shm: exit code 1" \
    ends_with 1 doctor_with_shared_memory 4m
  check "hosts: doctor names its size and the remedy" \
    found "$small" "mount -o remount,size=1G /dev/shm "
  check "hosts: doctor after the remedy" \
    examines doctor_with_shared_memory 4m "mount -o remount,size=1G /dev/shm"
  check "hosts: doctor then finds nothing wrong" found_nothing
}

doctor_slurm_tests() {
  local start=(srun -N 2 -n 2)
  check "SLURM: doctor by srun --mpi=none: it fails" \
    ends_with 1 "${start[@]}" --mpi=none "$MNIST_MPI" doctor
  check "SLURM: doctor prints the problem and the correct command once" \
    found "launcher: srun started 2 processes, but this program is built with Open MPI" \
    "srun --mpi=pmix -N 2 -n 2 $MNIST_MPI doctor"
  local remedy
  remedy=$(sed -n 's/^         fix: //p' "$log")
  check "SLURM: doctor started by that command examines both nodes" examines bash -c "$remedy"
  check "SLURM: doctor names the launcher" \
    grep -F "ok       launcher: srun, 2 ranks on 2 nodes (node1, node2)" "$log"
  check "SLURM: a training by srun --mpi=none fails" \
    ends_with 70 "${start[@]}" --mpi=none "$MNIST_MPI" --data synthetic --limit 640
  check "SLURM: and prints the reason in one line" \
    test "$(grep -c '^mnist-mpi: srun started 2 processes.*; start it with: srun --mpi=pmix ' "$log")" = 1
}
