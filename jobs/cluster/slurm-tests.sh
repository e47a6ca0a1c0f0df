# shellcheck shell=bash
# Tests of this repository's job scripts, run by a real Slurm on two nodes. Sourced by inside.sh.
# shellcheck disable=SC2154 # variables of the other files that inside.sh sources

# sgd, because its weights differ only in the last digits when sums are added in another order.
slurm_work=(--model mlp --optimizer sgd --epochs 1 --limit 640)

# Runs single.sbatch and multi.sbatch and checks their results. Both use the same launcher, because
# this Slurm binds no ranks and mpirun does: with different bindings the records could not be
# compared.
#   launcher_jobs mpirun|srun
launcher_jobs() {
  local launcher=$1 record=$scratch/multi-$1.json weights=$scratch/multi-$1.safetensors
  check "SLURM: single.sbatch by $launcher completes with exit code 0" \
    run_job "--export=ALL,LAUNCHER=$launcher" jobs/single.sbatch "${slurm_work[@]}" \
    --json "$scratch/single.json" --save "$scratch/single.safetensors"
  check "SLURM: by $launcher the single job has 1 rank on one node" \
    results record single.json ranks=1 nodes=1 replicasEqual=true
  check "SLURM: multi.sbatch by $launcher completes with exit code 0" \
    run_job "--export=ALL,LAUNCHER=$launcher" jobs/multi.sbatch "${slurm_work[@]}" \
    --json "$record" --save "$weights"
  check "SLURM: by $launcher 2 ranks on node1 and node2, replicas equal" \
    results record "$record" ranks=2 nodes=2 hosts=node1,node2 ranksOnHosts=node1:1,node2:1 \
    "launcher=$launcher" replicasEqual=true
  check "SLURM: by $launcher losses within 1e-5 and accuracy within 0.001 of the single job's" \
    results agree single.json "$record" 1e-5 0.001
  check "SLURM: by $launcher weights within 1e-5 of the single job's" \
    results weights single.safetensors "$weights" 1e-5
  check "SLURM: by $launcher the comparison table has a speedup, or the nodes disturb each other" \
    speedup_or_disturbed
}

# Both nodes share the same cores and may disturb each other: then the comparison has no speedup.
speedup_or_disturbed() {
  tr -s ' \n' ' ' <"$log" |
    grep -oE 'speedup 1\.00 [0-9]+\.[0-9]+|not a measurement: other programs used [0-9]+ %'
}

# Runs gpu.sbatch on a driver that computes on the CPU (Tests/FakeCUDA), with one GPU for each rank.
gpu_records=0
gpu_jobs() {
  local launcher
  if [[ ! -f $fake_cuda ]]; then
    not_here slurm "gpu.sbatch needs libFakeCUDA.so beside the program (swift build --build-tests builds it)"
    return
  fi
  gpu_records=3
  local work=(--model mlp --hidden 16 --optimizer sgd --epochs 1 --limit 320)
  export MNIST_MPI_CUDA=$fake_cuda
  check "SLURM: gpu.sbatch completes with exit code 0" \
    run_job --cpus-per-task=2 jobs/gpu.sbatch "${work[@]}" --json "$scratch/gpu.json"
  check "SLURM: its rank has the node's first GPU" \
    results record gpu.json ranks=1 nodes=1 "devices=node1:Fake GPU 0"
  for launcher in mpirun srun; do
    check "SLURM: gpu.sbatch by $launcher on 2 x 2 GPUs completes with exit code 0" \
      run_job "--export=ALL,LAUNCHER=$launcher" --nodes=2 --ntasks-per-node=2 --gres=gpu:2 \
      --cpus-per-task=1 jobs/gpu.sbatch "${work[@]}" --json "$scratch/gpus.json"
    check "SLURM: by $launcher each of 4 ranks has its own GPU, replicas equal" \
      results record gpus.json ranks=4 nodes=2 "launcher=$launcher" replicasEqual=true \
      "devices=node1:Fake GPU 0,node1:Fake GPU 1,node2:Fake GPU 0,node2:Fake GPU 1"
    check "SLURM: by $launcher losses within 1e-5 and accuracy within 0.001 of the single job's" \
      results agree gpu.json gpus.json 1e-5 0.001
  done
  unset MNIST_MPI_CUDA
}

# Runs scaling.sbatch: a study inside one allocation of two nodes, by each launcher.
study_jobs() {
  local launcher study
  for launcher in mpirun srun; do
    study=$scratch/study-$launcher
    check "SLURM: scaling.sbatch by $launcher completes with exit code 0" \
      run_job "--export=ALL,LAUNCHER=$launcher" jobs/scaling.sbatch --ranks 1,2 --model mlp --repeats 2 \
      --out "$study" -- --steps 40 --limit 6400
    check "SLURM: by $launcher every block of the study has all three runs" \
      results study "$study" 3 2
    check "SLURM: by $launcher the report has a row and a ledger of 2 ranks" \
      grep -E '^Loss ledger of 2 ranks on 2 nodes, allreduce' "$log"
  done
}

# Kills a rank while the others wait for it: the job must end and leave no process.
#   dying_job mpirun|srun
dying_job() {
  check "SLURM: by $1 an endless job begins" endless_job "$1"
  check "SLURM: by $1 kill -9 of the rank on node2" kill_a_rank node2
  check "SLURM: by $1 then the job fails within 20 s" job_ends 20 FAILED
  check "SLURM: by $1 and nothing is left on any node" within 5 nothing_left
  clear_away
}

# Submits a job that would not end by itself; returns after its first epoch.
#   endless_job mpirun|srun
endless_job() {
  : >"$log" # otherwise the epoch line of the previous run would match
  submit "--export=ALL,LAUNCHER=$1" jobs/multi.sbatch --model mlp --limit 640 --epochs 100000
  within 20 grep -q '^Test Epoch: 1 ' "$log"
}

slurm_tests() {
  slurm_begins || return 0
  launcher_jobs mpirun
  launcher_jobs srun
  gpu_jobs
  study_jobs
  dying_job mpirun
  dying_job srun
  check "SLURM: every record is in the results folder" \
    test "$(find submit/results -name '*.json' | wc -l)" = "$((4 + gpu_records))"
  doctor_slurm_tests
}
