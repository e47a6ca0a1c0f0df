import Foundation

/// Ends the process with a report if a property does not hold; libFuzzer then keeps the input.
func require(_ holds: Bool, _ property: @autoclosure () -> String) {
  if !holds { fatalError("broken property: \(property())") }
}

/// Ends the process unless the text of an error is one line without control characters.
func requireOneLine(_ error: any Error) {
  let text = "\(error)"
  let isLine = text.unicodeScalars.allSatisfy { scalar in
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
  require(isLine && !text.isEmpty, "one line, not \(text.debugDescription)")
}

/// The bytes of one execution, from which a target takes parts from the front.
struct FuzzInput {
  private(set) var rest: [UInt8]

  /// A copy of what libFuzzer passes.
  init(_ start: UnsafePointer<UInt8>?, _ count: Int) {
    rest = Array(UnsafeBufferPointer(start: start, count: count))
  }

  /// The next byte; 0 if there is none.
  mutating func byte() -> Int {
    guard let first = rest.first else { return 0 }
    rest.removeFirst()
    return Int(first)
  }

  /// A number from the next two bytes.
  mutating func number() -> Int { byte() << 8 | byte() }
}

/// A file in memory, without a name, for readers that take a path.
struct MemoryFile {
  private let descriptor: Int32

  /// An empty file.
  init() {
    let name = "/dev/shm/mnist-mpi-fuzz-\(getpid())-\(UInt32.random(in: 0...(.max)))"
    descriptor = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    require(descriptor >= 0, "a file in memory: \(String(cString: strerror(errno)))")
    unlink(name)
  }

  /// Its path in this process.
  var path: String { "/proc/self/fd/\(descriptor)" }

  /// Replaces the content.
  func write(_ bytes: [UInt8]) {
    let isEmpty = ftruncate(descriptor, 0) == 0
    let written = pwrite(descriptor, bytes, bytes.count, 0)
    require(
      isEmpty && written == bytes.count, "writing to memory: \(String(cString: strerror(errno)))")
  }
}
