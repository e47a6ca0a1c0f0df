import ArgumentParser
import DataParallel
import RunRecords

/// The value of `--inject`: a fault drill, for teaching and tests.
struct DrillOption: ExpressibleByArgument, Equatable {
  /// The value as it was given, in lower case.
  let text: String
  let drill: Drill

  /// Parses `slow:rank1:1.5x`, `die:rank1@step50`, and `hang`, `nan` and `corrupt` of that form.
  ///
  /// `corrupt` may end with the number of a parameter: `corrupt:rank1@step50:7`.
  init?(argument: String) {
    text = argument.lowercased()
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 2, let drill = Self.drill(parts[0], parts[1], Array(parts.dropFirst(2)))
    else { return nil }
    self.drill = drill
  }

  private static func drill(_ kind: String, _ where: String, _ rest: [String]) -> Drill? {
    if kind == "slow" {
      guard rest.count == 1, rest[0].hasSuffix("x"), let rank = number(`where`, after: "rank"),
        let factor = Double(rest[0].dropLast()), factor > 1, factor <= 100
      else { return nil }
      return .slow(SlowDrill(rank: rank, factor: factor))
    }
    let places = `where`.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    guard places.count == 2, let rank = number(places[0], after: "rank"),
      let step = number(places[1], after: "step"), step > 0
    else { return nil }
    let place = FaultPlace(rank: rank, step: step)
    if kind == "corrupt", rest.count <= 1 {
      guard let parameter = rest.isEmpty ? 0 : number(rest[0], after: "") else { return nil }
      return .corrupt(BitFlip(rank: rank, step: step, parameter: parameter))
    }
    guard rest.isEmpty else { return nil }
    return switch kind {
    case "die": .die(place)
    case "hang": .hang(place)
    case "nan": .nan(place)
    default: nil
    }
  }

  /// The number of a word such as `rank1`, 0 or more.
  private static func number(_ word: String, after prefix: String) -> Int? {
    guard word.hasPrefix(prefix) else { return nil }
    let digits = word.dropFirst(prefix.count)
    return digits.allSatisfy { $0.isASCII && $0.isNumber } ? Int(digits) : nil
  }

  static var allValueStrings: [String] {
    [
      "slow:rankR:Fx (F above 1, at most 100)",
      "die:rankR@stepS, or hang, nan, corrupt (step from 1)",
    ]
  }
  var defaultValueDescription: String { text }

  /// What the drill does, for the output of a run.
  var explanation: String {
    "Drill: \(text): rank \(drill.rank) \(effect) on purpose; this run is not a measurement"
  }

  private var effect: String {
    switch drill {
    case .slow(let slow): "computes \(slow.factor) times as long"
    case .die(let place): "is killed in step \(place.step)"
    case .hang(let place): "computes for ever in step \(place.step)"
    case .nan(let place): "has a loss that is not a number in step \(place.step)"
    case .corrupt(let flip): "has a flipped bit after step \(flip.step)"
    }
  }
}

extension StudyMembership: ExpressibleByArgument {
  /// Parses `study:block:configuration:attempt`, which only `mnist-mpi study` passes.
  public init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4, !parts[0].isEmpty, let block = Int(parts[1]), block > 0,
      !parts[2].isEmpty, let attempt = Int(parts[3]), attempt > 0
    else { return nil }
    self.init(study: parts[0], block: block, configuration: parts[2], attempt: attempt)
  }
}
