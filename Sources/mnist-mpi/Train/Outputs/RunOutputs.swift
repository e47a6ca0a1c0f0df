import ArgumentParser
import DataParallel
import Foundation
import MessagePassing
import RunRecords
import SavedModels
import SystemSupport

/// The files that a run leaves, written by rank 0 when the training is over.
///
/// Nothing that the training earned is lost because one of them cannot be written: each is tried,
/// and a record that its directory refuses goes to the directory for temporary files.
struct RunOutputs {
  let options: RunOptions
  let checkpointDirectory: String?

  /// Checks before the training that the files can be written.
  func prepare() throws {
    try RecordStore.prepare(options.results)
    for (option, path) in [
      ("--json", options.json), ("--save", options.save), ("--trace", options.trace),
    ] {
      if let path { try OutputFile.prepare(path, option: option) }
    }
    if let checkpointDirectory {
      do throws(FileError) { try SafeFile.prepareDirectory(checkpointDirectory) } catch {
        throw OutputError(description: "--checkpoint \(checkpointDirectory): \(error)")
      }
    }
  }

  /// Writes record and weights.
  ///
  /// - Returns: one line for each file that could not be written, with the place of a record that went
  ///   elsewhere; empty if all are written.
  func write(_ record: RunRecord, _ outcome: TrainingOutcome, _ setup: TrainingSetup) -> [String] {
    var problems: [String] = []
    func attempt(orElse note: () -> String = { "" }, _ write: () throws -> Void) {
      do { try write() } catch { problems.append("\(error)\(note())") }
    }
    attempt(orElse: { "; \(Self.keep(record))" }) {
      try RecordStore.write(record, into: options.results)
    }
    if let path = options.json {
      attempt { try RecordStore.write(record, toFile: path) }
    }
    if let path = options.save {
      attempt {
        try SavedModel(
          model: setup.job.model, weights: outcome.weights,
          means: setup.facts.normalisations.map(\.mean),
          deviations: setup.facts.normalisations.map(\.deviation),
          labels: setup.facts.classes.values
        ).write(to: path)
      }
    }
    if let path = options.trace, let spans = outcome.result.spans {
      attempt { try RunTrace(record, spans).write(to: path) }
      if let note = options.traceSteps?.note(stepsTaken: record.result.steps) {
        StandardError.writeLine("\(Program.name): note: \(note)")
      }
    }
    return problems
  }

  /// Writes the record to the directory for temporary files, and says where it is.
  private static func keep(_ record: RunRecord) -> String {
    let directory = FileManager.default.temporaryDirectory.path
    do {
      return "the record is in \(try RecordStore.write(record, into: directory))"
    } catch {
      return "nor could it be written elsewhere (\(error))"
    }
  }
}
