import Foundation
import SystemSupport

/// A directory of checkpoints of one run, of which the newest ones are kept.
public struct CheckpointDirectory: Sendable {
  public let path: String
  package let files: CheckpointFiles

  /// The directory at `path` for checkpoints in the form of `files`.
  package init(_ path: String, files: CheckpointFiles) {
    self.path = path
    self.files = files
  }

  /// The steps of the checkpoints in a directory, the newest first; a state without numbers counts.
  public static func steps(in path: String) -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.compactMap { step(ofName: $0, suffix: ".json") }.sorted(by: >)
  }

  /// The newest checkpoint that is whole; nil if the directory has none.
  ///
  /// - Parameter onDamage: receives a line for each damaged one that is newer.
  /// - Throws: `CheckpointError` if all that are there are damaged.
  package func newest(
    onDamage: (String) -> Void
  ) throws(CheckpointError) -> (file: String, checkpoint: Checkpoint)? {
    let steps = Self.steps(in: path)
    for step in steps {
      let file = stateFile(step)
      do throws(CheckpointError) {
        return (file, try Self.load(file, files: files))
      } catch {
        guard error.isDamage else { throw error }
        onDamage("\(error)" + (step == steps.last ? "" : "; the checkpoint before it is used"))
      }
    }
    guard let newest = steps.first else { return nil }
    throw CheckpointError(
      "\(path): none of its checkpoints can be used, the newest of step \(newest); remove them to "
        + "start afresh")
  }

  /// Loads the checkpoint of one file, which is either of the two.
  package static func load(_ file: String, files: CheckpointFiles) throws(CheckpointError)
    -> Checkpoint
  {
    let stem = (file as NSString).deletingPathExtension
    func read(_ suffix: String) throws(CheckpointError) -> Data {
      do { return try SafeFile.read(stem + suffix) } catch {
        throw CheckpointError("checkpoint \(file): \(error)")
      }
    }
    let state = try read(stateSuffix)
    let tensors = try read(tensorsSuffix)
    do throws(CheckpointError) {
      return try files.decode(tensors: tensors, state: state)
    } catch {
      throw CheckpointError("checkpoint \(file): \(error)", isDamage: error.isDamage)
    }
  }

  /// Writes a checkpoint, and removes older ones so that `keep` remain.
  ///
  /// Each file is written aside, forced to the disk, and renamed; the state comes last, so that it
  /// is only there if the numbers are. An older checkpoint is removed only after that.
  /// - Parameter onStage: receives the stages.
  package func save(
    _ checkpoint: Checkpoint, keep: Int, onStage: (CheckpointStage) -> Void
  ) throws {
    let step = checkpoint.state.progress.step
    let (tensors, state) = try files.encode(checkpoint)
    try SafeFile.makeDirectory(path)
    try SafeFile.replaceDurably(tensorsFile(step), with: tensors, content: "checkpoint") {
      onStage($0 == .halfWritten ? .write : .fsync)
    }
    onStage(.rename)
    try SafeFile.replaceDurably(stateFile(step), with: state, content: "checkpoint") { _ in }
    removeAll(butNewest: keep)
  }

  /// Removes old checkpoints, and what killed programs left: numbers without state, temporary files.
  private func removeAll(butNewest keep: Int) {
    let kept = Set(Self.steps(in: path).prefix(keep))
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    // The state goes first: numbers without a state are no checkpoint.
    for suffix in [Self.stateSuffix, Self.tensorsSuffix] {
      for name in names {
        guard let step = Self.step(ofName: name, suffix: suffix), !kept.contains(step) else {
          continue
        }
        unlink(SafeFile.join(path, name))
      }
    }
    for name in names where name.hasPrefix(".step-") { unlink(SafeFile.join(path, name)) }
  }

  private static let stateSuffix = ".json"
  private static let tensorsSuffix = ".safetensors"
  func stateFile(_ step: Int) -> String { file(step, Self.stateSuffix) }
  private func tensorsFile(_ step: Int) -> String { file(step, Self.tensorsSuffix) }

  private func file(_ step: Int, _ suffix: String) -> String {
    let digits = "\(step)"
    let zeros = String(repeating: "0", count: max(0, 9 - digits.count))
    return SafeFile.join(path, "step-\(zeros)\(digits)\(suffix)")
  }

  private static func step(ofName name: String, suffix: String) -> Int? {
    guard name.hasPrefix("step-"), name.hasSuffix(suffix) else { return nil }
    return Int(name.dropFirst(5).dropLast(suffix.count))
  }
}
