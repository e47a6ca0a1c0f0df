import ArgumentParser
import DataParallel
import Foundation

/// The value of --sync: a way of exchange, or the fastest of all.
enum SyncOption: ExpressibleByArgument, Equatable {
  case auto
  case method(SyncMethod)

  init?(argument: String) {
    if argument == "auto" {
      self = .auto
    } else if let method = SyncMethod(rawValue: argument) {
      self = .method(method)
    } else {
      return nil
    }
  }

  var defaultValueDescription: String {
    switch self {
    case .auto: "auto"
    case .method(let method): method.rawValue
    }
  }

  static var allValueStrings: [String] { ["auto"] + SyncMethod.allCases.map(\.rawValue) }
}

extension BitFlip: ExpressibleByArgument {
  /// Reads `rank:step:parameter`.
  public init?(argument: String) {
    let numbers = argument.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 3, let rank = numbers[0], let step = numbers[1],
      let parameter = numbers[2], rank >= 0, step >= 1, parameter >= 0
    else { return nil }
    self.init(rank: rank, step: step, parameter: parameter)
  }
}

extension SampleSwap: ExpressibleByArgument {
  /// Reads `epoch:place`.
  public init?(argument: String) {
    let numbers = argument.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let epoch = numbers[0], let place = numbers[1], epoch >= 1, place >= 0
    else { return nil }
    self.init(epoch: epoch, place: place)
  }
}

extension SyncTrial {
  /// Such as `node 5.61 ms`.
  var text: String {
    "\(method.rawValue) \(String(format: "%.2f", 1000 * stepSeconds)) ms"
  }
}
