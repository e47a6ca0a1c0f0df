import Foundation
public import MessagePassing

extension Communicator {
  /// Sends rank 0's value to all ranks; called by all ranks.
  ///
  /// - Parameter value: the value on rank 0; ignored on other ranks.
  public func broadcast<Value: Codable>(json value: Value?) throws -> Value {
    let own = isRoot ? try value.map { Array(try JSONEncoder().encode($0)) } : nil
    let bytes = try broadcast(own ?? [])
    return try JSONDecoder().decode(Value.self, from: Data(bytes))
  }
}
