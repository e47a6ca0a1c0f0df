# shellcheck shell=bash
# Functions shared by single.sbatch, multi.sbatch and gpu.sbatch, which source this file: find the
# program and start it on the allocation. These variables, set when the job is submitted, change
# what is started:
#   LAUNCHER   mpirun (default) or srun
#   MPI        openmpi or mpich, with which the program is built (default: what mpicc is)
#   BINDING    the launcher's options for placing and binding ranks; replaces the default
#   MNIST_MPI  the program (default: mnist-mpi on PATH, else the one built in the repository)
#   MNIST_DATA the directory of the images (default: data/mnist in the repository)
#   CHECKPOINTS the directory of the run's checkpoints (default: checkpoints/JOB in the repository)

# shellcheck source=jobs/lib.sh
. "$SLURM_SUBMIT_DIR/jobs/lib.sh"

# Prints the path of the program.
find_program() {
  local candidate
  for candidate in "${MNIST_MPI:-}" "$(command -v mnist-mpi || true)" "$program"; do
    if [[ -n $candidate ]]; then
      [[ -x $candidate ]] || die "no program at $candidate; build it first: jobs/install.sh"
      echo "$candidate"
      return
    fi
  done
}

# Chooses the MPI family and exports what every run of the job needs: permission for root, MNIST, detection of lost nodes.
prepare_environment() {
  choose_mpi
  as_root
  if [[ -z ${MNIST_DATA:-} && -d $SLURM_SUBMIT_DIR/data/mnist ]]; then
    export MNIST_DATA=$SLURM_SUBMIT_DIR/data/mnist
  fi
  # Detect a lost node within seconds; with the default settings it can take minutes.
  export OMPI_MCA_oob_tcp_keepalive_time=${OMPI_MCA_oob_tcp_keepalive_time:-2}
  export OMPI_MCA_oob_tcp_keepalive_intvl=${OMPI_MCA_oob_tcp_keepalive_intvl:-1}
  export OMPI_MCA_oob_tcp_keepalive_probes=${OMPI_MCA_oob_tcp_keepalive_probes:-3}
}

# Prints the job and the command, then executes it in place of the shell: the job ends with its exit code.
#   become COMMAND...
become() {
  echo "Job ${SLURM_JOB_ID:-?} on ${SLURM_JOB_NUM_NODES:-?} node(s): ${SLURM_JOB_NODELIST:-?}"
  echo "$*"
  exec "$@"
}

# Prints the job and the command, executes it, and ends the job with its exit code. SIGUSR1, which Slurm
# sends ahead of the time limit (--signal), is passed on to the launcher and so to all ranks: they write
# a checkpoint and exit with 75. The job is then queued again and goes on from the checkpoint. Hydra
# often ends with 0 after a signal that it passed on; a checkpoint that is newer than the signal shows
# that the run was stopped.
#   run_and_requeue CHECKPOINTS COMMAND...
run_and_requeue() {
  local checkpoints=$1 child status=0 warned=
  shift
  echo "Job ${SLURM_JOB_ID:-?} on ${SLURM_JOB_NUM_NODES:-?} node(s): ${SLURM_JOB_NODELIST:-?}"
  echo "$*"
  "$@" &
  child=$!
  trap 'warned=$(mktemp); kill -USR1 "$child" 2>/dev/null || true' USR1
  # A signal ends a wait before its child has ended.
  while kill -0 "$child" 2>/dev/null; do wait "$child" || true; done
  wait "$child" || status=$?
  if [[ -n $warned && $status == 0 && -n $(find "$checkpoints" -newer "$warned" -name '*.json' 2>/dev/null) ]]; then
    status=75
  fi
  [[ -z $warned ]] || rm -f "$warned"
  if [[ -n $warned && $status == 75 ]]; then
    echo "Job ${SLURM_JOB_ID:-?}: queued again, to go on from its checkpoint"
    scontrol requeue "$SLURM_JOB_ID"
    # Slurm ends this script; it should not end by itself before.
    sleep 60
  fi
  exit "$status"
}

# Runs a scaling study, which starts mpirun or srun once for each run.
#   launch_study [options of mnist-mpi study]
launch_study() {
  local executable launcher=()
  executable=$(find_program)
  prepare_environment
  case ${LAUNCHER:-mpirun} in
    mpirun)
      # Other nodes get only the environment variables that mpirun is told to pass on.
      export OMPI_MCA_mca_base_env_list=${OMPI_MCA_mca_base_env_list:-MNIST_DATA}
      ;;
    srun) launcher=(--launcher "srun $(srun_interface "$MPI") -K1 --cpus-per-task={threads} -n {ranks}") ;;
    *) die "LAUNCHER must be mpirun or srun, not $LAUNCHER" ;;
  esac
  # A later --out replaces this one.
  become "$executable" study --out "$SLURM_SUBMIT_DIR/study-${SLURM_JOB_ID:-0}" "${launcher[@]}" "$@"
}

# Trains on the whole allocation.
#   launch [options of mnist-mpi]
launch() {
  local executable threads=${SLURM_CPUS_PER_TASK:-1} command default binding
  executable=$(find_program)
  prepare_environment

  case ${LAUNCHER:-mpirun} in
    mpirun)
      # No -np: mpirun takes the hosts and the number of ranks from the allocation.
      command=("$(find_mpirun "$MPI")")
      [[ -n ${command[0]} ]] || die "no mpirun of $MPI on PATH (MPI=openmpi or MPI=mpich chooses)"
      default=$(placement "$MPI" core "$threads" | paste -sd ' ')
      local name
      for name in MNIST_DATA MNIST_MPI_CUDA CUDA_HOME; do
        [[ -z ${!name:-} ]] || mapfile -t -O "${#command[@]}" command < <(pass_on "$MPI" "$name")
      done
      ;;
    srun)
      # --mpi: without it every rank would start as a separate MPI_COMM_WORLD of size 1.
      # -K1: without it the other ranks would wait for ever for a rank that died.
      # --cpus-per-task: not every Slurm release passes it on from sbatch to srun.
      command=(srun "$(srun_interface "$MPI")" -K1 "--cpus-per-task=$threads")
      default=""
      ;;
    *) die "LAUNCHER must be mpirun or srun, not $LAUNCHER" ;;
  esac
  read -ra binding <<<"${BINDING-$default}"
  command+=("${binding[@]}" "$executable" --threads "$threads")
  command+=(--results "$SLURM_SUBMIT_DIR/results")
  local checkpoints=${CHECKPOINTS:-$SLURM_SUBMIT_DIR/checkpoints/${SLURM_JOB_ID:-0}}
  # Every start of the job resumes what is there.
  command+=(--checkpoint "$checkpoints" --resume auto "$@")
  run_and_requeue "$checkpoints" "${command[@]}"
}
