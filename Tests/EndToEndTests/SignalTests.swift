import Foundation
import RunRecords
import TestSupport
import Testing

/// Tests of signals that stop a run: all ranks stop after the same step and write a checkpoint.
@Suite struct SignalTests {
  /// Sends a signal when the run is in its second epoch, and reports how the run ended.
  ///
  /// Arguments: the signal, the process that receives it (`launcher`, or `rank` for one of the
  /// ranks alone), a word that all ranks have among their arguments, and the command.
  private static let script = """
    signal=$1 receiver=$2 mark=$3
    shift 3
    "$@" > "$mark.out" &
    launcher=$!
    until grep -q '^Train Epoch: 2 ' "$mark.out"; do
      kill -0 $launcher 2>/dev/null || break
      sleep 0.02
    done
    if [ $receiver = launcher ]; then
      kill -s $signal $launcher
    else
      kill -s $signal $(pgrep -f "^[^ ]*mnist-mpi .*--json $mark" | tail -n 1)
    fi
    wait $launcher
    code=$?
    cat "$mark.out"
    exit $code
    """

  private static let work = [
    "--model", "mlp", "--hidden", "1500,1500", "--batch-size", "30", "--epochs", "12",
    "--threads", "1", "--log-interval", "1",
  ]

  @Test(arguments: [
    (ranks: 1, signal: "USR1", receiver: "rank"), (2, "USR1", "launcher"), (3, "TERM", "rank"),
    (2, "INT", "rank"),
  ])
  func theRunStopsAndGoesOn(ranks: Int, signal: String, receiver: String) async throws {
    let run = try CheckpointRun()
    let paths = ["--data", run.directory.path, "--results", run.directory.path("results")]
    let file = run.directory.path("stopped.json")
    let checkpoint = ["--checkpoint", run.checkpoints]
    let stopped = try await Program.run(
      ranks: ranks, Self.work + paths + checkpoint + ["--json", file],
      prefix: ["sh", "-c", Self.script, "sh", signal, receiver, file], timeout: 300)
    let codes = receiver == "launcher" ? MPIRun.codesAfterSignal(75) : [75]
    #expect(codes.contains(stopped.exitCode) && !stopped.timedOut, "\(stopped.report)")
    let words = try #require(
      stopped.errorLines(of: "mnist-mpi").first {
        $0.contains("stopped by SIG\(signal) after step ")
      }
    ).split { !$0.isNumber }
    let record = try #require(try RecordStore.load(files: [file]).first).record
    #expect(record.interruption == "SIG\(signal)" && record.result.stoppedBy == .interrupted)
    #expect(record.result.steps == words.last.flatMap { Int($0) } && record.result.steps < 12 * 14)
    #expect(record.epochs.map(\.steps).reduce(0, +) == record.result.steps)

    let whole = run.directory.path("whole.json")
    _ = try await Program.succeed(
      ranks: ranks, Self.work + paths + ["--json", whole], timeout: 300)
    _ = try await Program.succeed(
      ranks: ranks, Self.work + paths + checkpoint + ["--resume", "--json", file], timeout: 300)
    let records = try RecordStore.load(files: [whole, file]).map(\.record)
    #expect(CheckpointRun.isSame(records[0], records[1]))
    #expect(records[1].parts?.map(\.signal) == ["SIG\(signal)", nil])
    #expect(records[1].parts?.first?.lastStep == record.result.steps)
  }

  /// Without a directory the run ends in order too, with the exit code of the signal.
  @Test func withoutCheckpointsTheRecordIsWritten() async throws {
    let run = try CheckpointRun()
    let paths = ["--data", run.directory.path, "--results", run.directory.path("results")]
    let file = run.directory.path("stopped.json")
    let stopped = try await Program.run(
      ranks: 2, Self.work + paths + ["--json", file],
      prefix: ["sh", "-c", Self.script, "sh", "USR1", "launcher", file], timeout: 300)
    let codes = MPIRun.codesAfterSignal(138)
    #expect(codes.contains(stopped.exitCode) && !stopped.timedOut, "\(stopped.report)")
    #expect(stopped.stderr.contains("no checkpoint was written (see --checkpoint)"))
    #expect(stopped.stdout.contains("Training interrupted by SIGUSR1 after "))
    let record = try #require(try RecordStore.load(files: [file]).first).record
    #expect(record.interruption == "SIGUSR1")
  }
}
