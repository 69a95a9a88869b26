#include "sync/wire/batch_actions.hpp"

#include <cstring>

#include "sync/action/format.hpp"
#include "sync/base/limits.hpp"
#include "sync/wire/batch.hpp"
#include "sync/wire/op_shape.hpp"
#include "sync/wire/shapes.hpp"

namespace holdline::sync {

namespace {

constexpr std::size_t salt_bytes = std::tuple_size_v<Salt>;

auto malformed_actions(const char* what) {
  return fail(ErrorKind::ask_person, "malformed-batch",
              std::string("A batch of actions cannot be read (") + what + "); it is kept where it was made.");
}

// An action that travels whole, by its place in the batch.
struct Whole {
  std::size_t index = 0;
  const StoredAction* action = nullptr;
};

void write_wholes(ColumnSink& sink, const std::vector<Whole>& wholes) {
  ByteWriter numbers(sink.numbers), texts(sink.texts);
  numbers.varint(wholes.size());
  std::size_t last = 0;
  for (const Whole& whole : wholes) {
    numbers.varint(whole.index - last);
    last = whole.index;
    texts.blob(whole.action->header);
    texts.blob(whole.action->payload);
  }
}

}  // namespace

Bytes encode_actions(const ActionBatch& batch) {
  HeaderWriter headers;
  ShapeWriter shapes;
  std::vector<std::int64_t> op_counts;
  std::vector<Whole> wholes;
  for (std::size_t i = 0; i < batch.actions.size(); ++i) {
    const StoredAction& action = batch.actions[i];
    const auto header = read_header(action.header);
    // Re-issued actions, decisions and accepted hints are too rare to have columns of their own for what only they
    // carry.
    const bool expected = header && header->lane == batch.lane && header->number == action.number &&
                          !header->original && !header->decision && !header->acceptance;
    const auto ops = expected ? shape_ops(shapes, action.payload) : std::nullopt;
    if (!ops || !shapes.accept()) {
      shapes.drop();
      wholes.push_back({i, &action});
      continue;
    }
    headers.add(*header);
    op_counts.push_back(static_cast<std::int64_t>(*ops));
  }

  ColumnSink sink;
  ByteWriter numbers(sink.numbers), random(sink.random);
  numbers.u8(batch_version);
  numbers.u8(batch.lane);
  numbers.varint(batch.actions.empty() ? 0 : batch.actions.front().number);
  numbers.varint(batch.actions.size());
  random.raw(batch.maker.device.view());
  random.raw(batch.maker.incarnation.view());
  random.raw(batch.predecessor.view());
  random.raw(batch_check(batch.maker, batch.actions.empty() ? batch.predecessor : batch.actions.back().hash));
  for (const StoredAction& action : batch.actions)
    random.raw({reinterpret_cast<const char*>(action.salt.data()), salt_bytes});
  write_wholes(sink, wholes);
  headers.write(sink);
  write_ints(sink, op_counts);
  shapes.write(sink);
  return join(sink);
}

namespace {

// Puts the actions of one batch together again.
class ActionsReader {
 public:
  explicit ActionsReader(std::string_view body) : source_(split(body)) {}

  Result<ActionBatch> read() {
    HOLDLINE_TRY(read_start());
    HeaderReader headers(source_);
    op_counts_ = IntReader(source_);
    ShapeReader shapes(source_);
    if (!source_.ok() || !shapes.ok()) return malformed_actions("columns");
    batch_.actions.resize(count_);
    Hash last = batch_.predecessor;
    for (std::size_t i = 0; i < count_; ++i) {
      StoredAction& action = batch_.actions[i];
      action.lane = batch_.lane;
      action.number = first_ + i;
      std::memcpy(action.salt.data(), salts_.data() + i * salt_bytes, salt_bytes);
      if (!(next_is_whole(i) ? read_whole(action) : read_packed(action, headers, shapes)))
        return malformed_actions("action");
      total_ += action.header.size() + action.payload.size();
      if (total_ > limits::message_bytes) return malformed_actions("size");
      last = action.hash = chain_hash(last, action.header, action.salt, action.payload);
    }
    if (!headers.done() || !op_counts_.done() || !shapes.done() || !source_.done()) return malformed_actions("length");
    if (batch_check(batch_.maker, last) != check_) return malformed_actions("check");
    return std::move(batch_);
  }

 private:
  Result<void> read_start() {
    ByteReader &numbers = source_.numbers, &random = source_.random;
    if (numbers.u8() != batch_version) return malformed_actions("version");
    batch_.lane = numbers.u8();
    first_ = numbers.varint();
    const std::uint64_t count = numbers.varint();
    batch_.maker.device = Id::from(random.raw(16));
    batch_.maker.incarnation = Id::from(random.raw(16));
    batch_.predecessor = Hash::from(random.raw(32));
    check_ = random.raw(check_bytes);
    if (!source_.ok() || batch_.lane >= lane_count) return malformed_actions("start");
    if (count > limits::actions_per_push || count > random.remaining() / salt_bytes) return malformed_actions("count");
    if (count != 0 && (first_ == 0 || first_ > UINT64_MAX - count)) return malformed_actions("number");
    count_ = static_cast<std::size_t>(count);
    salts_ = random.raw(count_ * salt_bytes);

    const std::size_t wholes = numbers.count();
    if (wholes > count_) return malformed_actions("count");
    std::uint64_t index = 0;
    for (std::size_t i = 0; i < wholes; ++i) {
      const std::uint64_t step = numbers.varint();
      if (step >= count_ - index || (i != 0 && step == 0)) return malformed_actions("places");
      index += step;
      whole_at_.push_back(static_cast<std::size_t>(index));
      whole_bytes_.push_back({source_.texts.blob(limits::action_bytes), source_.texts.blob(limits::action_bytes)});
    }
    if (!source_.ok()) return malformed_actions("start");
    return {};
  }

  bool next_is_whole(std::size_t i) const { return whole_ < whole_at_.size() && whole_at_[whole_] == i; }

  bool read_whole(StoredAction& action) {
    action.header = whole_bytes_[whole_].first;
    action.payload = whole_bytes_[whole_].second;
    ++whole_;
    return true;
  }

  bool read_packed(StoredAction& action, HeaderReader& headers, ShapeReader& shapes) {
    if (!headers.next(action.lane, action.number, header_)) return false;
    scratch_.clear();
    ByteWriter w(scratch_);
    action_format::write_header(w, header_);
    action.header = scratch_;

    const auto ops = static_cast<std::uint64_t>(op_counts_.next());
    if (ops > limits::ops_per_action) return false;
    scratch_.clear();
    w.varint(ops);
    for (std::uint64_t i = 0; i < ops; ++i)
      if (!shapes.next(scratch_, limits::action_bytes)) return false;
    action.payload = scratch_;
    return true;
  }

  ColumnSource source_;
  ActionBatch batch_;
  std::uint64_t first_ = 0;
  std::size_t count_ = 0, total_ = 0;
  std::string_view check_, salts_;
  std::vector<std::size_t> whole_at_;
  std::vector<std::pair<std::string_view, std::string_view>> whole_bytes_;
  std::size_t whole_ = 0;  // the next of them
  IntReader op_counts_;
  ActionHeader header_;  // kept for its allocations, like scratch_
  Bytes scratch_;
};

}  // namespace

Result<ActionBatch> decode_actions(std::string_view bytes) { return ActionsReader(bytes).read(); }

}  // namespace holdline::sync
