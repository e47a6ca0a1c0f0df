# shellcheck shell=bash
# Functions that start a Slurm for the tests, with its controller on head and two nodes, and submit
# jobs. Sourced by inside.sh.
# shellcheck disable=SC2154 # variables of the other files that inside.sh sources

# Starts munge, by which the parts of Slurm authenticate each other. Its socket is in the private
# /run, so it does not conflict with a munge of the machine.
start_munge() {
  mkdir -p /run/munge
  head -c 128 /dev/urandom >munge.key
  chmod 600 munge.key
  munged --foreground --force --key-file="$PWD/munge.key" --seed-file="$PWD/munge.seed" \
    --log-file="$PWD/munge.log" --pid-file="$PWD/munge.pid" >munge.out 2>&1 &
  within 5 munge_answers
}
munge_answers() { munge -n </dev/null >/dev/null 2>&1; }

# Writes slurm.conf and gres.conf. MpiDefault=pmix: without it every rank that srun starts would be
# a separate MPI_COMM_WORLD of size 1. One folder for each node (%n): otherwise the files of one job
# would collide. The configuration needs neither control groups nor users other than root.
write_slurm_conf() {
  local node
  mkdir -p state spool/node{1,2} tmp/node{1,2}
  cat >slurm.conf <<CONF
ClusterName=test
SlurmctldHost=head(10.77.0.254)
SlurmUser=root
StateSaveLocation=$PWD/state
SlurmdSpoolDir=$PWD/spool/%n
TmpFS=$PWD/tmp/%n
SlurmctldPidFile=$PWD/slurmctld.pid
SlurmdPidFile=$PWD/slurmd.%n.pid
SlurmctldLogFile=$PWD/slurmctld.log
SlurmdLogFile=$PWD/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=pmix
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=5
GresTypes=gpu
CONF
  # Each node has two cores and two GPUs, independent of the machine.
  for node in node1 node2; do
    echo "NodeName=$node CPUs=2 Sockets=1 CoresPerSocket=2 RealMemory=1000 Gres=gpu:2" >>slurm.conf
  done
  touch gpu0 gpu1 # for Slurm a GPU is a file
  echo "NodeName=node[1-2] Name=gpu File=$PWD/gpu[0-1]" >gres.conf
  echo "PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP" >>slurm.conf
  export SLURM_CONF=$PWD/slurm.conf
}

# Starts Slurm and waits until it is ready. On failure the last line of output is the reason.
slurm_up() {
  start_munge || { tail -n 1 munge.out && return 1; }
  write_slurm_conf
  slurmctld -D -i >slurmctld.out 2>&1 &
  local node
  for node in node1 node2; do
    on "$node" slurmd -D -N "$node" >"slurmd.$node.out" 2>&1 &
  done
  within 15 slurm_is_idle || { tail -n 3 slurmctld.log slurmd.*.log && return 1; }
}
slurm_is_idle() { [[ $(sinfo -h -N -o %T 2>/dev/null | grep -c idle) == 2 ]]; }

# Starts Slurm for a part of the tests, with a copy of the scripts to submit; fails if it does not start.
slurm_begins() {
  [[ ! -d submit ]] || return 0 # for another part
  if ! slurm_up >"$log" 2>&1; then
    check "SLURM: two nodes come up" false
    return 1
  fi
  check "SLURM: two nodes come up" slurm_is_idle
  mkdir submit
  cp -R "$root/jobs" submit/
}

job= # the id of the job submitted last

# Submits a job from a copy of the repository's scripts, with its output in the log.
#   submit [sbatch's options] SCRIPT [options of mnist-mpi]
submit() {
  local id
  id=$(cd submit && sbatch --parsable --output="$log" "$@") || return
  job=$id
}

# Prints a fact about the job submitted last.
#   job_fact JobState|ExitCode
job_fact() { scontrol --oneliner show job "$job" | grep -oP "\\b$1=\\K[^ ]*"; }
has_left_queue() { [[ $(job_fact JobState) != @(PENDING|CONFIGURING|RUNNING|COMPLETING) ]]; }

# Waits for the job, for at most SECONDS, and succeeds if it ended with this state and exit code.
# (`sbatch --wait` is not used, because it polls only every ten seconds.)
#   job_ends SECONDS STATE [EXITCODE]
job_ends() {
  within "$1" has_left_queue || true
  local state code
  state=$(job_fact JobState)
  code=$(job_fact ExitCode)
  echo "job $job: $state, exit code $code"
  scancel "$job" 2>/dev/null || true # does nothing to a job that has ended
  [[ $state == "$2" && $code == "${3:-$code}" ]]
}

# Runs a job; succeeds if it completes with exit code 0 within a minute.
#   run_job [sbatch's options] SCRIPT [options of mnist-mpi]
run_job() {
  : >"$log"
  submit "$@" && job_ends 60 COMPLETED 0:0
}
