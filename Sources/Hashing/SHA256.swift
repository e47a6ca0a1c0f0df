internal import CCrypto

/// An incremental SHA-256 hash over bytes, computed by the system's libcrypto.
public final class SHA256 {
  private let context: OpaquePointer

  /// An empty hash.
  public init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      preconditionFailure("libcrypto offers no SHA-256")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Appends `bytes` to the bytes to be hashed.
  public func update(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 0 else { return }
    let status = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(status == 1, "libcrypto refused \(bytes.count) bytes")
  }

  /// Appends integers as eight little-endian bytes each.
  public func update(integers: [Int]) {
    for integer in integers {
      withUnsafeBytes(of: Int64(integer).littleEndian) { update($0) }
    }
  }

  /// Returns the hash of all appended bytes as 64 hexadecimal digits.
  ///
  /// The object cannot be used afterwards.
  public func finish() -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    let status = EVP_DigestFinal_ex(context, &digest, nil)
    precondition(status == 1, "libcrypto could not finish a SHA-256")
    return digest.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  /// Returns the SHA-256 of `bytes` as 64 hexadecimal digits.
  public static func hex(of bytes: UnsafeRawBufferPointer) -> String {
    let hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }

  /// Returns the SHA-256 of `bytes` as 64 hexadecimal digits.
  public static func hex(of bytes: [UInt8]) -> String { bytes.withUnsafeBytes { hex(of: $0) } }
}
