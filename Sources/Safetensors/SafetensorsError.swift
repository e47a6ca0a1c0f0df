/// What is wrong with a safetensors file; its description is the rest of a line after the file's name.
public struct SafetensorsError: Error, Equatable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
