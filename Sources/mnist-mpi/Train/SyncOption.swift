import ArgumentParser
import DataParallel
import Foundation

/// The value of `--sync`: a gradient exchange method, or `auto` for the fastest one.
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

extension SampleSwap: ExpressibleByArgument {
  /// Parses `epoch:position`.
  public init?(argument: String) {
    let numbers = argument.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let epoch = numbers[0], let position = numbers[1], epoch >= 1,
      position >= 0
    else { return nil }
    self.init(epoch: epoch, place: position)
  }
}

extension SyncTrial {
  /// A string such as `node 5.61 ms`.
  var text: String {
    "\(method.rawValue) \(String(format: "%.2f", 1000 * stepSeconds)) ms"
  }
}
