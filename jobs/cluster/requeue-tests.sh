# shellcheck shell=bash
# Tests of jobs that Slurm stops and that go on, with either MPI family. Not a part that runs by
# itself: jobs/cluster/test.sh requeue. Sourced by inside.sh.
# shellcheck disable=SC2154 # variables of the other files that inside.sh sources

# Sends SIGUSR1 to the batch script, as Slurm does ahead of the time limit: the run must write a
# checkpoint, be queued again and end with the bits of a run that nothing stopped.
requeue_jobs() {
  local launcher log record work=(--model mlp --limit 6400 --epochs 12)
  declare -A requeued
  log=$scratch/whole.log
  check "SLURM: multi.sbatch, undisturbed" run_job jobs/multi.sbatch "${work[@]}" --json "$scratch/whole.json"
  for launcher in mpirun srun; do
    log=$scratch/requeue-$launcher.log
    : >"$log"
    check "SLURM: SIGUSR1 to a job by $launcher in its second epoch" warned_job \
      "--export=ALL,LAUNCHER=$launcher" jobs/multi.sbatch "${work[@]}" --json "$scratch/$launcher.json"
    check "SLURM: by $launcher all ranks stop with a checkpoint, and the job is queued again" \
      within 30 grep -q "queued again, to go on from its checkpoint" "$log"
    requeued[$launcher]=$job
  done
  for launcher in mpirun srun; do
    log=$scratch/requeue-$launcher.log record=$scratch/$launcher.json
    job=${requeued[$launcher]}
    # By itself Slurm starts a job that was queued again only after two minutes.
    scontrol update "JobId=$job" StartTime=now || true
    check "SLURM: by $launcher the job goes on and completes" job_ends 300 COMPLETED 0:0
    check "SLURM: by $launcher the record has two parts, on two nodes" \
      results record "$record" parts=2 firstSignal=SIGUSR1 ranks=2 nodes=2 "launcher=$launcher"
    check "SLURM: by $launcher the certificate is that of the undisturbed run" \
      results same whole.json "$record"
  done
}
warned_job() {
  submit "$@" && within 30 grep -q '^Train Epoch: 2 ' "$log" && scancel --batch --signal=USR1 "$job"
}

requeue_tests() {
  slurm_begins || return 0
  requeue_jobs
}
