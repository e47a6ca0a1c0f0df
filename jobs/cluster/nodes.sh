# shellcheck shell=bash
# Three nodes of a cluster: each has its own host name, address and network namespace, and a bridge
# connects them. They share processes and files, as if all folders were on the cluster's file
# server. The network namespace of this process is the node `head`. Sourced by inside.sh.
# shellcheck disable=SC2154 # variables of the other files that inside.sh sources

nodes=(node1 node2 node3)
declare -A holder # the id of a sleeping process that keeps the namespaces of a node

# Runs a command on a node.
#   on NODE command...
on() { nsenter --target "${holder[$1]}" --uts --net -- "${@:2}"; }

# Succeeds if the holder has entered its own namespaces and has set the host name.
#   is_held NODE
is_held() { [[ $(on "$1" hostname) == "$1" ]]; }

# Creates the nodes and connects them; fails if the machine does not allow it.
nodes_up() {
  local node number=0
  hostname head
  ip link set lo up
  ip link add bridge type bridge || return
  ip addr add 10.77.0.254/24 dev bridge
  ip link set bridge up
  printf '%s\n' "127.0.0.1 localhost" "10.77.0.254 head" >hosts
  for node in "${nodes[@]}"; do
    number=$((number + 1))
    echo "10.77.0.$number $node" >>hosts
    unshare --uts --net sh -c "hostname $node && exec sleep infinity" &
    holder[$node]=$!
    within 5 is_held "$node" || return
    ip link add "$node" type veth peer name eth0 netns "${holder[$node]}" || return
    ip link set "$node" master bridge up
    on "$node" ip addr add "10.77.0.$number/24" dev eth0
    on "$node" ip link set eth0 up || return
    on "$node" ip link set lo up
  done
  mount --bind hosts /etc/hosts
}

# Disconnects a node from the network, and connects it again.
cut_off() { ip link set "$1" down; }
join_again() { ip link set "$1" up; }

# All nodes share the same few cores, so waiting ranks must let other ranks run.
export OMPI_MCA_mpi_yield_when_idle=1
# They are one machine for UCX, which MPICH uses: it would pass the network by.
export UCX_TLS=tcp,self UCX_NET_DEVICES=eth0
