import Foundation
import Safetensors
import Testing

/// Tests of the safetensors format: exact bytes, and files that must be refused.
@Suite struct SafetensorsFileTests {
  private static let header =
    #"{"__metadata__":{"format":"pt"},"a":{"data_offsets":[0,8],"dtype":"F32","shape":[2]},"#
    + #""b":{"data_offsets":[8,12],"dtype":"F32","shape":[1,1]}}"#

  private static let file = SafetensorsFile(
    tensors: [
      SafetensorsFile.Tensor(name: "a", shape: [2], values: [1, -2]),
      SafetensorsFile.Tensor(name: "b", shape: [1, 1], values: [0.5]),
    ], metadata: ["format": "pt"])

  /// A file by its header, with the length that belongs to it, and the bytes of three numbers.
  private static func bytes(
    _ header: String, length: Int? = nil,
    numbers: [UInt8] = [0, 0, 128, 63, 0, 0, 0, 192, 0, 0, 0, 63]
  ) -> Data {
    let text = Array(header.utf8)
    let length = length ?? text.count
    return Data((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + text + numbers)
  }

  @Test func theBytesAreThoseOfTheFormat() throws {
    let padding = String(repeating: " ", count: (8 - Self.header.utf8.count % 8) % 8)
    let expected = Self.bytes(Self.header + padding)
    #expect(try Self.file.encoded() == expected)
    #expect(try SafetensorsFile(decoding: expected) == Self.file)
    #expect(Self.file["b"]?.values == [0.5] && Self.file["c"] == nil)
  }

  @Test func anEmptyTensorAndNoMetadata() throws {
    let file = SafetensorsFile(tensors: [
      SafetensorsFile.Tensor(name: "none", shape: [0, 3], values: []),
      SafetensorsFile.Tensor(name: "one", shape: [], values: [7]),
    ])
    #expect(try SafetensorsFile(decoding: try file.encoded()) == file)
  }

  static let damaged: [(Data, String)] = [
    (Data(), "has 0 bytes"),
    (Data([1, 2, 3]), "has 3 bytes"),
    (bytes(header, length: 1 << 40), "promises a header of 1099511627776 bytes"),
    (bytes(header, length: 500), "promises a header of 500 bytes"),
    (bytes(String(header.dropLast()) + "]"), "no JSON"),
    (bytes(header, numbers: [1, 2, 3, 4]), "it is truncated"),
    (bytes(header, numbers: Array(repeating: 0, count: 16)), "longer than it should be"),
    (bytes(header.replacing("[8,12]", with: "[4,8]")), "tensor b: does not begin"),
    (bytes(header.replacing("[0,8]", with: "[0,4]")), "tensor a: has 4 bytes"),
    (bytes(header.replacing("[8,12]", with: "[12,8]")), "no JSON of the safetensors format"),
    (bytes(header.replacing("[0,8]", with: "[-8,0]")), "no JSON of the safetensors format"),
    (bytes(header.replacing("F32", with: "F16")), "has type F16"),
    (bytes(header.replacing("[2]", with: "[-2]")), "impossible shape"),
    (
      bytes(header.replacing("[2]", with: "[4611686018427387904,4611686018427387904]")),
      "impossible shape"
    ),
  ]

  @Test(arguments: damaged)
  func aDamagedFileIsRefused(data: Data, reason: String) {
    let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(decoding: data) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  /// Empty tensors begin at the same byte, so only their names give them an order.
  @Test func emptyTensorsHaveOneOrder() throws {
    let names = (10..<40).map { "t\($0)" }
    let file = SafetensorsFile(
      tensors: names.map { SafetensorsFile.Tensor(name: $0, shape: [0], values: []) })
    #expect(try SafetensorsFile(decoding: try file.encoded()).tensors.map(\.name) == names)
  }

  @Test func anErrorIsOneLineWhateverTheNamesAre() {
    let name = #"a\nb\u2028\u001b"#
    for header in [
      Self.header.replacing(#""a""#, with: "\"\(name)\"").replacing("[8,12]", with: "[4,8]"),
      Self.header.replacing(#""a""#, with: "\"\(name)\"").replacing("[2]", with: "[3]"),
      Self.header.replacing("F32", with: name),
    ] {
      let error = #expect(throws: SafetensorsError.self) {
        try SafetensorsFile(decoding: Self.bytes(header))
      }
      let text = error?.description ?? ""
      #expect(text.contains("tensor") && text.utf8.allSatisfy { $0 >= 32 && $0 < 127 }, "\(text)")
    }
  }
}
