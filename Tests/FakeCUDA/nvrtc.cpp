// A stand-in for NVRTC. The kernels were compiled together with this library, so that it only looks
// them up. It checks that the text it gets is the text that they were compiled from.
#include <stdio.h>
#include <stdlib.h>

#include <fstream>
#include <sstream>

#include "fake.h"

using namespace fake;

namespace {

constexpr NVRTCResult compilationFailed = 6;
const int architectures[] = {75, 80, 86, 90};

struct Program {
  std::string text, log, code;
  std::map<std::string, std::string> headers;
};

Program *of(NVRTCProgram program) { return reinterpret_cast<Program *>(program); }

/// The directory of the kernels' text, relative to this source file.
std::string directory() {
  const std::string file = __FILE__;
  return file.substr(0, file.rfind('/')) + "/../../Sources/CUDAEngine/Kernels/";
}

void addKernel(Program *program, int precision, const std::string &name) {
  if (kernels(precision).count(name))
    program->code += name + "\n";
  else
    program->log += "kernels.cu: unknown kernel " + name + "\n";
}

void compileLine(Program *program, int precision, const std::string &line) {
  if (line == "#include \"elementwise.cuh\"" || line == "#include \"loss.cuh\"" ||
      line == "#include \"update.cuh\"") {
    // These are the kernels of all three headers, not of this one alone; that does no harm.
    for (auto &[name, kernel] : kernels(precision))
      if (name.find("Tile") == std::string::npos) addKernel(program, precision, name);
  } else if (line.rfind("PRODUCT_", 0) == 0) {
    const size_t open = line.find('('), close = line.find(')');
    addKernel(program, precision, line.substr(8, open - 8) + "_" + line.substr(open + 1, close - open - 1));
  } else if (!line.empty() && line != "#include \"base.cuh\"") {
    program->log += "kernels.cu: cannot compile " + line + "\n";
  }
}

}  // namespace

NVRTCResult nvrtcVersion(int *major, int *minor) {
  *major = 13;
  *minor = 0;
  return success;
}

const char *nvrtcGetErrorString(NVRTCResult result) {
  return result == compilationFailed ? "NVRTC_ERROR_COMPILATION" : "NVRTC_ERROR_FAKE";
}

NVRTCResult nvrtcGetNumSupportedArchs(int *count) {
  *count = sizeof architectures / sizeof *architectures;
  return success;
}

NVRTCResult nvrtcGetSupportedArchs(int *list) {
  for (int architecture : architectures) *list++ = architecture;
  return success;
}

NVRTCResult nvrtcCreateProgram(NVRTCProgram *program, const char *text, const char *, int count,
                               const char *const *headers, const char *const *names) {
  ENTER;
  Program *made = new Program;
  made->text = text;
  for (int i = 0; i < count; i++) made->headers[names[i]] = headers[i];
  *program = reinterpret_cast<NVRTCProgram>(made);
  return success;
}

NVRTCResult nvrtcDestroyProgram(NVRTCProgram *program) {
  delete of(*program);
  *program = nullptr;
  return success;
}

NVRTCResult nvrtcCompileProgram(NVRTCProgram program, int count, const char *const *options) {
  ENTER;
  Program *self = of(program);
  int precision = -1;
  for (int i = 0; i < count; i++) sscanf(options[i], "-DPRECISION=%d", &precision);
  if (precision < 0 || precision > 2) return compilationFailed;
  for (auto &[name, text] : self->headers) {
    std::ifstream file(directory() + name);
    std::ostringstream content;
    content << file.rdbuf();
    if (content.str() != text) self->log += name + ": is not the text that this library was built of\n";
  }
  self->code = "FakeCUDA " + std::to_string(precision) + "\n";
  std::istringstream lines(self->text);
  for (std::string line; std::getline(lines, line);) compileLine(self, precision, line);
  return self->log.empty() ? success : compilationFailed;
}

NVRTCResult nvrtcGetProgramLogSize(NVRTCProgram program, size_t *size) {
  *size = of(program)->log.size() + 1;
  return success;
}

NVRTCResult nvrtcGetProgramLog(NVRTCProgram program, char *log) {
  memcpy(log, of(program)->log.c_str(), of(program)->log.size() + 1);
  return success;
}

NVRTCResult nvrtcGetPTXSize(NVRTCProgram program, size_t *size) {
  *size = of(program)->code.size() + 1;
  return success;
}

NVRTCResult nvrtcGetPTX(NVRTCProgram program, char *code) {
  memcpy(code, of(program)->code.c_str(), of(program)->code.size() + 1);
  return success;
}

NVRTCResult nvrtcGetCUBINSize(NVRTCProgram program, size_t *size) {
  return nvrtcGetPTXSize(program, size);
}

NVRTCResult nvrtcGetCUBIN(NVRTCProgram program, char *code) { return nvrtcGetPTX(program, code); }
