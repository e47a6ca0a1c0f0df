import MessagePassing

enum RequestChecks {
  static func check(_ world: Communicator, _ findings: inout Findings) throws {
    let count = 50_000
    let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: 3 * count)
    defer { memory.deallocate() }
    memory.initialize(repeating: Float(world.rank + 1))
    let parts = (0..<3).map {
      UnsafeMutableBufferPointer(rebasing: memory[$0 * count..<($0 + 1) * count])
    }

    // Several requests at once, completed out of order, by waiting and by testing.
    let requests = try parts.map { try world.startAllReduce(inPlace: $0, .sum) }
    try requests[2].wait()
    while try !requests[0].test() {}
    try requests[1].wait()
    let sum = Float(world.size * (world.size + 1) / 2)
    findings.expect(memory.allSatisfy { $0 == sum }, "three requests")

    // A complete request stays complete.
    try requests[0].wait()
    findings.expect(try requests[1].test(), "a request that was waited for is not complete")

    let empty = try world.startAllReduce(
      inPlace: UnsafeMutableBufferPointer(rebasing: memory[..<0]), .sum)
    try empty.wait()
  }
}
