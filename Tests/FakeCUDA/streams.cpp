// Streams, events, capture and graphs. A stream runs no work until a caller waits for it. An event
// counts how often it was recorded and how often its stream has reached it. While a stream is
// captured, its work becomes nodes of a graph.
#include <algorithm>
#include <random>
#include <set>

#include "fake.h"

namespace fake {

namespace {
struct Capture;
}

struct Event {
  /// How often it was recorded, and how often the stream has reached it.
  uint64_t recorded = 0, passed = 0;
  CUDAStream stream = nullptr;
  /// The capture in which it was recorded, and the nodes that it stands for there.
  Capture *capture = nullptr;
  std::vector<size_t> nodes;
};

namespace {

struct Step {
  Work work;
  std::shared_ptr<Event> records, waits;
  uint64_t count = 0;
};

/// A graph that is being captured: the streams that take part, and the last nodes of each.
struct Capture {
  Graph graph;
  CUDAStream origin;
  std::map<CUDAStream, std::vector<size_t>> ends;
  bool isInvalid = false;
};

struct Stream {
  Device *device;
  std::deque<Step> steps;
  Capture *capture = nullptr;
};

Stream *of(CUDAStream stream) { return reinterpret_cast<Stream *>(stream); }
std::shared_ptr<Event> &of(CUDAEvent event) {
  return *reinterpret_cast<std::shared_ptr<Event> *>(event);
}

thread_local int captures = 0;

/// Runs the work of a stream, and of the streams that it waits for, until `isEnough` or none is left.
void drain(CUDAStream stream, const std::function<bool()> &isEnough) {
  Stream *self = of(stream);
  while (!self->steps.empty() && !isEnough()) {
    Step step = self->steps.front();
    if (step.waits && step.waits->passed < step.count)
      drain(step.waits->stream, [&] { return step.waits->passed >= step.count; });
    self->steps.pop_front();
    if (step.work.run) self->device->perform(step.work);
    if (step.records) step.records->passed = step.count;
  }
}

/// The nodes of a graph in the order in which they run: each after those that it depends on,
/// otherwise in the device's order.
std::vector<size_t> turns(const Graph &graph, const Device *device) {
  static std::minstd_rand random{1};
  std::set<size_t> open;
  std::vector<bool> isDone(graph.nodes.size());
  std::vector<size_t> turns;
  for (size_t i = 0; i < graph.nodes.size(); i++) open.insert(i);
  while (!open.empty()) {
    std::vector<size_t> ready;
    for (size_t node : open) {
      const auto &dependencies = graph.nodes[node].dependencies;
      if (std::all_of(dependencies.begin(), dependencies.end(), [&](size_t i) { return isDone[i]; }))
        ready.push_back(node);
    }
    size_t node = ready.front();
    if (device->order == Order::reversed) node = ready.back();
    if (device->order == Order::shuffled) node = ready[random() % ready.size()];
    turns.push_back(node);
    open.erase(node);
    isDone[node] = true;
  }
  return turns;
}

}  // namespace

CUDAResult enqueue(CUDAStream stream, Work work) {
  Stream *self = of(stream);
  if (Capture *capture = self->capture) {
    if (capture->isInvalid) return captureInvalidated;
    auto &ends = capture->ends[stream];
    capture->graph.nodes.push_back({std::move(work), ends, nullptr});
    ends = {capture->graph.nodes.size() - 1};
  } else {
    self->steps.push_back({std::move(work), nullptr, nullptr, 0});
  }
  return success;
}

bool isCapturing() { return captures > 0; }
Device *deviceOf(CUDAStream stream) { return of(stream)->device; }

}  // namespace fake

using namespace fake;

CUDAResult cuCtxGetStreamPriorityRange(int *least, int *greatest) {
  ENTER;
  if (!currentDevice()) return invalidContext;
  // Smaller numbers are higher priorities.
  *least = 0;
  *greatest = -5;
  return success;
}

CUDAResult cuStreamCreateWithPriority(CUDAStream *stream, unsigned, int priority) {
  ENTER;
  if (!currentDevice()) return invalidContext;
  if (priority > 0 || priority < -5) return invalidValue;
  *stream = reinterpret_cast<CUDAStream>(new Stream{currentDevice(), {}, nullptr});
  return success;
}

CUDAResult cuStreamDestroy_v2(CUDAStream stream) {
  ENTER;
  // The real driver returns at once, and the work still runs to its end.
  drain(stream, [] { return false; });
  delete of(stream);
  return success;
}

CUDAResult cuStreamSynchronize(CUDAStream stream) {
  ENTER;
  if (of(stream)->capture) {
    of(stream)->capture->isInvalid = true;
    return captureUnsupported;
  }
  drain(stream, [] { return false; });
  return success;
}

CUDAResult cuStreamWaitEvent(CUDAStream stream, CUDAEvent event, unsigned) {
  ENTER;
  const std::shared_ptr<Event> &waited = of(event);
  if (Capture *capture = waited->capture) {
    // The stream becomes part of the capture.
    if (of(stream)->capture && of(stream)->capture != capture) return captureUnsupported;
    of(stream)->capture = capture;
    auto &ends = capture->ends[stream];
    for (size_t node : waited->nodes)
      if (std::find(ends.begin(), ends.end(), node) == ends.end()) ends.push_back(node);
    return success;
  }
  if (of(stream)->capture) return captureUnsupported;
  if (waited->recorded > 0) of(stream)->steps.push_back({{}, nullptr, waited, waited->recorded});
  return success;
}

CUDAResult cuEventCreate(CUDAEvent *event, unsigned) {
  ENTER;
  *event = reinterpret_cast<CUDAEvent>(new std::shared_ptr<Event>(new Event));
  return success;
}

CUDAResult cuEventDestroy_v2(CUDAEvent event) {
  ENTER;
  delete &of(event);
  return success;
}

CUDAResult cuEventRecord(CUDAEvent event, CUDAStream stream) {
  ENTER;
  const std::shared_ptr<Event> &recorded = of(event);
  if (Capture *capture = of(stream)->capture) {
    recorded->capture = capture;
    recorded->nodes = capture->ends[stream];
    return success;
  }
  recorded->capture = nullptr;
  recorded->stream = stream;
  of(stream)->steps.push_back({{}, recorded, nullptr, ++recorded->recorded});
  return success;
}

CUDAResult cuEventRecordWithFlags(CUDAEvent event, CUDAStream stream, unsigned flags) {
  ENTER;
  if (flags != cudaRecordExternal) return invalidValue;
  // Outside a capture the flag has no effect.
  if (!of(stream)->capture) return cuEventRecord(event, stream);
  const CUDAResult result = enqueue(stream, {"event", nullptr});
  if (result == success) of(stream)->capture->graph.nodes.back().records = of(event);
  return result;
}

CUDAResult cuEventSynchronize(CUDAEvent event) {
  ENTER;
  const std::shared_ptr<Event> waited = of(event);
  if (waited->capture) return captureUnsupported;
  if (waited->recorded > 0)
    drain(waited->stream, [&] { return waited->passed >= waited->recorded; });
  return success;
}

CUDAResult cuEventQuery(CUDAEvent event) {
  ENTER;
  const std::shared_ptr<Event> &queried = of(event);
  if (queried->capture) return captureUnsupported;
  return queried->passed >= queried->recorded ? success : notReady;
}

CUDAResult cuStreamBeginCapture_v2(CUDAStream stream, CUDACaptureMode) {
  ENTER;
  if (of(stream)->capture) return captureUnsupported;
  Capture *capture = new Capture;
  capture->origin = stream;
  capture->ends[stream] = {};
  of(stream)->capture = capture;
  captures++;
  return success;
}

CUDAResult cuStreamEndCapture(CUDAStream stream, CUDAGraph *graph) {
  ENTER;
  Capture *capture = of(stream)->capture;
  if (!capture || capture->origin != stream) return captureInvalidated;
  captures--;
  // The last node of this stream must depend on all nodes of the other streams.
  std::set<size_t> known(capture->ends[stream].begin(), capture->ends[stream].end());
  for (size_t i = capture->graph.nodes.size(); i-- > 0;)
    if (known.count(i))
      for (size_t node : capture->graph.nodes[i].dependencies) known.insert(node);
  bool isJoined = true;
  for (auto &[other, ends] : capture->ends) {
    of(other)->capture = nullptr;
    for (size_t node : ends) isJoined = isJoined && known.count(node);
  }
  const bool isInvalid = capture->isInvalid;
  *graph = isInvalid || !isJoined ? nullptr
                                  : reinterpret_cast<CUDAGraph>(new Graph(capture->graph));
  // The capture is not deleted, because events may still point to it.
  return isInvalid ? captureInvalidated : isJoined ? success : captureUnjoined;
}

CUDAResult cuGraphGetNodes(CUDAGraph graph, CUDAGraphNode *nodes, size_t *count) {
  ENTER;
  if (nodes) return invalidValue;
  *count = reinterpret_cast<Graph *>(graph)->nodes.size();
  return success;
}

CUDAResult cuGraphInstantiateWithFlags(CUDAGraphExec *exec, CUDAGraph graph, unsigned long long) {
  ENTER;
  *exec = reinterpret_cast<CUDAGraphExec>(new Graph(*reinterpret_cast<Graph *>(graph)));
  return success;
}

CUDAResult cuGraphLaunch(CUDAGraphExec exec, CUDAStream stream) {
  ENTER;
  if (of(stream)->capture) return captureUnsupported;
  static const bool isStale = getenv("FAKE_CUDA_STALE_EVENTS");
  // Node by node, so that the rest of the graph has not run when a caller waits for an event within it.
  const Graph &graph = *reinterpret_cast<Graph *>(exec);
  for (size_t turn : turns(graph, deviceOf(stream))) {
    const Graph::Node &node = graph.nodes[turn];
    if (node.records && isStale) continue;
    if (node.records) node.records->stream = stream;
    of(stream)->steps.push_back(
        {node.work, node.records, nullptr, node.records ? ++node.records->recorded : 0});
  }
  return success;
}

CUDAResult cuGraphExecDestroy(CUDAGraphExec exec) {
  ENTER;
  delete reinterpret_cast<Graph *>(exec);
  return success;
}

CUDAResult cuGraphDestroy(CUDAGraph graph) {
  ENTER;
  delete reinterpret_cast<Graph *>(graph);
  return success;
}
