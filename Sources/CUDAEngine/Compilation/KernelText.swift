/// The text of the kernels, which the program carries in itself.
enum KernelText {
  /// Every header by the name that others include it by.
  static let headers: [(name: String, text: [UInt8])] = [
    ("common.cuh", PackageResources.common_cuh),
    ("shapes.cuh", PackageResources.shapes_cuh),
    ("tile.cuh", PackageResources.tile_cuh),
    ("sums.cuh", PackageResources.sums_cuh),
    ("operands.cuh", PackageResources.operands_cuh),
    ("finish.cuh", PackageResources.finish_cuh),
    ("product.cuh", PackageResources.product_cuh),
    ("products.cuh", PackageResources.products_cuh),
    ("base.cuh", PackageResources.base_cuh),
    ("elementwise.cuh", PackageResources.elementwise_cuh),
    ("loss.cuh", PackageResources.loss_cuh),
    ("update.cuh", PackageResources.update_cuh),
  ]

  /// A program for the compiler, and the kernels that are wanted of it.
  struct Program {
    let text: String
    let kernels: [String]
  }

  /// The programs of the kernels that every model needs.
  static let elementary = [
    Program(
      text: "#include \"elementwise.cuh\"\n",
      kernels: [
        "gather", "relu_outputs", "relu_inputs", "pool_outputs", "pool_inputs", "pass_on",
        "add_bias", "column_sums", "nothing",
      ]),
    Program(text: "#include \"loss.cuh\"\n", kernels: ["softmax_loss", "head"]),
    Program(
      text: "#include \"update.cuh\"\n",
      kernels: ["adam_update", "adam_step", "sgd_update", "sgd_step"]),
  ]

  /// The program of a product.
  static func program(of product: ProductKernel) -> Program {
    Program(
      text: "#include \"base.cuh\"\nPRODUCT_\(product.kind.rawValue)(\(product.tile.rawValue))\n",
      kernels: [product.name])
  }
}

/// A product for one tile: a kernel that is compiled if a model needs it.
struct ProductKernel: Hashable {
  /// Which product of a layer.
  enum Kind: String, CaseIterable {
    case fullOutputs = "full_outputs"
    case fullWeights = "full_weights"
    case fullInputs = "full_inputs"
    case convolutionOutputs = "conv_outputs"
    case convolutionPooled = "conv_pooled"
    case convolutionWeights = "conv_weights"
    case convolutionInputs = "conv_inputs"
  }

  let kind: Kind
  let tile: Tile

  /// The kernel's name.
  var name: String { "\(kind.rawValue)_\(tile.rawValue)" }
}
