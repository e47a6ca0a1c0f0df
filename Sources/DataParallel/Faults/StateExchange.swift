import Foundation
import MessagePassing

/// Datagrams in which ranks tell rank 0 what they are doing, when MPI delivers nothing any more.
///
/// All ranks create it before the training, while MPI still works.
final class StateExchange: Sendable {
  /// Rank 0's socket, or the one that sends to it.
  private let socket: Int32
  private let rank: Int
  /// The hosts of all ranks.
  let hosts: [String]

  /// Opens the sockets and tells all ranks where rank 0 listens; called by all ranks.
  ///
  /// Where no socket can be opened, rank 0 receives nothing, and each rank still prints its state.
  init(over communicator: Communicator) throws {
    rank = communicator.rank
    hosts = try communicator.allGather(communicator.processorName)
    let socket = Foundation.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    self.socket = socket
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    var port = 0
    if rank == 0 {
      let isBound = Self.withSocketAddress(&address) { bind(socket, $0, length) == 0 }
      if isBound, Self.withSocketAddress(&address, { getsockname(socket, $0, &length) }) == 0 {
        port = Int(UInt16(bigEndian: address.sin_port))
      }
    }
    port = try communicator.broadcast(port)
    if rank > 0, port > 0 { connect(to: hosts[0], port: port) }
  }

  deinit { close(socket) }

  /// Sends this rank's state to rank 0.
  func send(_ state: ProgressMonitor.State) {
    let message = [UInt64(rank).littleEndian, state.packed.littleEndian]
    _ = message.withUnsafeBytes { Foundation.send(socket, $0.baseAddress, $0.count, 0) }
  }

  /// The states that arrive on rank 0 within some seconds, by rank.
  func receive(for seconds: Double) -> [Int: ProgressMonitor.State] {
    var states: [Int: ProgressMonitor.State] = [:]
    let end = Date().addingTimeInterval(seconds)
    while states.count < hosts.count - 1 {
      let left = Int32(1000 * end.timeIntervalSinceNow)
      var poll = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      guard left > 0, Foundation.poll(&poll, 1, left) > 0 else { break }
      var message = [UInt64](repeating: 0, count: 2)
      let count = message.withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, 0) }
      let sender = Int(truncatingIfNeeded: UInt64(littleEndian: message[0]))
      if count == 16, hosts.indices.contains(sender) {
        states[sender] = ProgressMonitor.State(packed: UInt64(littleEndian: message[1]))
      }
    }
    return states
  }

  private func connect(to host: String, port: Int) {
    var hints = addrinfo()
    hints.ai_family = AF_INET
    hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, "\(port)", &hints, &found) == 0, let first = found else { return }
    _ = Foundation.connect(socket, first.pointee.ai_addr, first.pointee.ai_addrlen)
    freeaddrinfo(found)
  }

  private static func withSocketAddress<Value>(
    _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Value
  ) -> Value {
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
    }
  }
}
