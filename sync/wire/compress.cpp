#include "sync/wire/compress.hpp"

#include <stdexcept>
#include <string>

#include <zstd.h>

#include "sync/base/limits.hpp"

namespace holdline::sync {

namespace {

constexpr int level = 3;
// Above this a body teaches zstd more than the dictionary does.
constexpr std::size_t dictionary_below = 32 * 1024;

enum FrameKind : char { plain_frame = 0, dictionary_frame = 1 };

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};

// Out of memory or a parameter this library does not know: not an outcome of any input.
std::size_t checked(std::size_t code) {
  if (ZSTD_isError(code)) throw std::runtime_error(std::string("zstd: ") + ZSTD_getErrorName(code));
  return code;
}

auto malformed_frame(const char* what) {
  return fail(ErrorKind::ask_person, "malformed-frame",
              std::string("A compressed message cannot be read (") + what + ").");
}

// Magic number and window of a frame's header (RFC 8878, 3.1.1.1). A frame that is one segment has no window of its
// own.
bool header_allowed(std::string_view frame) {
  if (frame.size() < 6 || frame.substr(0, 4) != "\x28\xb5\x2f\xfd") return false;
  const bool single_segment = (frame[4] & 0x20) != 0;
  const auto window = static_cast<unsigned char>(frame[5]);
  const int log = 10 + (window >> 3);
  const bool above = log > limits::window_log || (log == limits::window_log && (window & 7) != 0);
  return single_segment || !above;
}

// A frame that holds the bytes as they are (RFC 8878, 3.1.1): one segment, blocks of kind raw.
Bytes stored(std::string_view raw) {
  constexpr std::size_t block_bytes = 128 * 1024;
  constexpr std::uint8_t one_segment_and_size_of_4_bytes = 0xa0;
  Bytes frame("\x28\xb5\x2f\xfd", 4);
  const auto little_endian = [&](std::size_t number, int bytes) {
    for (int i = 0; i < bytes; ++i) frame.push_back(static_cast<char>(number >> (8 * i) & 0xff));
  };
  little_endian(one_segment_and_size_of_4_bytes, 1);
  little_endian(raw.size(), 4);
  while (!raw.empty()) {
    const std::string_view block = raw.substr(0, block_bytes);
    raw.remove_prefix(block.size());
    little_endian(block.size() << 3 | (raw.empty() ? 1 : 0), 3);
    frame.append(block);
  }
  return frame;
}

}  // namespace

struct Dictionary::State {
  Bytes bytes;
  Hash hash;
  std::unique_ptr<ZSTD_CDict, Freed<ZSTD_freeCDict>> compress;
  std::unique_ptr<ZSTD_DDict, Freed<ZSTD_freeDDict>> decompress;
};

// Null when zstd cannot use the bytes, or has no memory left.
std::unique_ptr<Dictionary::State> Dictionary::prepare(Bytes bytes) {
  auto state = std::make_unique<State>();
  state->bytes = std::move(bytes);
  state->hash = sha256(state->bytes);
  state->compress.reset(ZSTD_createCDict(state->bytes.data(), state->bytes.size(), level));
  state->decompress.reset(ZSTD_createDDict(state->bytes.data(), state->bytes.size()));
  return state->compress && state->decompress ? std::move(state) : nullptr;
}

Dictionary::Dictionary(std::unique_ptr<State> state) : state_(std::move(state)) {}

Dictionary::Dictionary(Bytes trained) : state_(prepare(std::move(trained))) {
  if (!state_) throw std::runtime_error("zstd: not a dictionary, or out of memory");
}

Result<Dictionary> Dictionary::parse(Bytes received) {
  auto state = prepare(std::move(received));
  if (!state)
    return fail(ErrorKind::ask_person, "malformed-dictionary",
                "The hub's compression dictionary cannot be used; update the older side.");
  return Dictionary(std::move(state));
}

Dictionary::~Dictionary() = default;
Dictionary::Dictionary(Dictionary&&) noexcept = default;
Dictionary& Dictionary::operator=(Dictionary&&) noexcept = default;
const Hash& Dictionary::hash() const { return state_->hash; }
const Bytes& Dictionary::bytes() const { return state_->bytes; }

struct Compressor::State {
  std::unique_ptr<ZSTD_CCtx, Freed<ZSTD_freeCCtx>> compress{ZSTD_createCCtx()};
  std::unique_ptr<ZSTD_DCtx, Freed<ZSTD_freeDCtx>> decompress{ZSTD_createDCtx()};
};

Compressor::Compressor() : state_(std::make_unique<State>()) {
  if (!state_->compress || !state_->decompress) throw std::bad_alloc();
  checked(ZSTD_CCtx_setParameter(state_->compress.get(), ZSTD_c_compressionLevel, level));
  checked(ZSTD_CCtx_setParameter(state_->compress.get(), ZSTD_c_checksumFlag, 1));
}

Compressor::~Compressor() = default;

Bytes Compressor::compress(std::string_view raw, const Dictionary* dictionary) {
  const bool with_dictionary = dictionary && raw.size() < dictionary_below;
  ZSTD_CCtx* const context = state_->compress.get();
  checked(ZSTD_CCtx_refCDict(context, with_dictionary ? dictionary->state_->compress.get() : nullptr));
  Bytes out(1 + ZSTD_compressBound(raw.size()), with_dictionary ? dictionary_frame : plain_frame);
  const std::size_t size = checked(ZSTD_compress2(context, out.data() + 1, out.size() - 1, raw.data(), raw.size()));
  out.resize(1 + size);
  // What says the same over and over shrinks below what a reader would expand.
  if (raw.size() / limits::expansion_ratio > size) return Bytes(1, plain_frame) + stored(raw);
  return out;
}

Result<Bytes> Compressor::decompress(std::string_view frame, const Dictionary* dictionary, std::size_t max_raw) {
  if (frame.empty() || frame[0] > dictionary_frame || frame[0] < plain_frame) return malformed_frame("kind");
  const bool with_dictionary = frame[0] == dictionary_frame;
  frame.remove_prefix(1);
  if (!header_allowed(frame)) return malformed_frame("not zstd, or too large a window");
  const unsigned long long declared = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (declared == ZSTD_CONTENTSIZE_ERROR) return malformed_frame("not zstd");
  if (declared == ZSTD_CONTENTSIZE_UNKNOWN) return malformed_frame("no size");
  if (declared > max_raw) return malformed_frame("size");
  if (declared / limits::expansion_ratio > frame.size()) return malformed_frame("expansion");
  const std::size_t length = ZSTD_findFrameCompressedSize(frame.data(), frame.size());
  if (ZSTD_isError(length) || length != frame.size()) return malformed_frame("not one whole frame");
  const unsigned id = ZSTD_getDictID_fromFrame(frame.data(), frame.size());
  if (with_dictionary ? !dictionary || id != ZSTD_getDictID_fromDDict(dictionary->state_->decompress.get()) : id != 0)
    return fail(ErrorKind::start_over, "unknown-dictionary",
                "A message was compressed with another dictionary; fetch the one named in the welcome.");

  ZSTD_DCtx* const context = state_->decompress.get();
  checked(ZSTD_DCtx_refDDict(context, with_dictionary ? dictionary->state_->decompress.get() : nullptr));
  Bytes raw(static_cast<std::size_t>(declared), '\0');
  const std::size_t size = ZSTD_decompressDCtx(context, raw.data(), raw.size(), frame.data(), frame.size());
  if (ZSTD_isError(size) || size != raw.size()) return malformed_frame("content");
  return raw;
}

}  // namespace holdline::sync
