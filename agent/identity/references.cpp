#include "agent/identity/references.hpp"

#include "platform/text/json_object.hpp"
#include "sync/reference/reference.hpp"

namespace holdline::agent {

namespace {

using ReferenceJson = nlohmann::json;

constexpr std::uint64_t max_references_bytes = 64 * 1024;
constexpr std::size_t few_at_hand = 10;
// An older hub answers without a block, and must not be asked with every pull.
constexpr std::int64_t ask_every_ms = 60'000;

tl::unexpected<Error> malformed_references() {
  return fail(ErrorKind::retry_later, "malformed-references", "The numbers for references cannot be read.");
}

}  // namespace

Result<void> References::load() {
  auto text = platform::read_file(file_, max_references_bytes);
  if (!text && text.error().code == "file-missing") return {};
  if (!text) return fail(std::move(text));
  auto json = platform::JsonObject::parse(*text);
  const auto incarnation = sync::Id::parse(json.text("incarnation"));
  sync::ReferenceStock stock;
  stock.last = static_cast<std::uint64_t>(json.number("last", 0));
  for (const ReferenceJson& piece : json.list("pieces")) {
    const auto first = platform::whole_number(piece);
    if (!first || *first <= 0) return malformed_references();
    stock.pieces.push_back(static_cast<std::uint64_t>(*first));
  }
  if (!json.checked() || !incarnation) return malformed_references();
  stock.incarnation = *incarnation;
  const platform::MutexLock writing(writing_);
  stock_ = std::move(stock);
  const platform::MutexLock lock(mutex_);
  kept_ = stock_.left();
  return {};
}

Result<void> References::write() {
  return platform::replace_file(
      file_, ReferenceJson{{"incarnation", stock_.incarnation.text()}, {"last", stock_.last}, {"pieces", stock_.pieces}}
                 .dump());
}

std::optional<std::string> References::next(const sync::Id& incarnation) {
  if (incarnation.is_nil()) return std::nullopt;
  const platform::MutexLock lock(mutex_);
  if (of_ != incarnation) at_hand_.clear();
  if (at_hand_.empty()) return std::nullopt;
  const std::uint64_t number = at_hand_.front();
  at_hand_.pop_front();
  return sync::reference_text(number);
}

bool References::is_short() const {
  const platform::MutexLock lock(mutex_);
  return at_hand_.size() < few_at_hand && kept_ != 0;
}

void References::belong_to(const sync::Id& incarnation) {
  if (incarnation.is_nil()) return;  // of an outbox that cannot be read now: whose it is shows later
  const platform::MutexLock writing(writing_);
  stock_.belong_to(incarnation);
  const platform::MutexLock lock(mutex_);
  kept_ = stock_.left();
  if (of_ != incarnation) at_hand_.clear();
  of_ = incarnation;
}

Result<void> References::reserve(const sync::Id& incarnation) {
  if (incarnation.is_nil()) return {};
  belong_to(incarnation);
  const platform::MutexLock writing(writing_);
  {
    const platform::MutexLock lock(mutex_);
    if (at_hand_.size() >= few_at_hand) return {};
  }
  const auto piece = stock_.take(entropy_.u64());
  if (!piece) return {};
  HOLDLINE_TRY(write());
  const platform::MutexLock lock(mutex_);
  for (std::uint64_t i = 0; i < piece->count; ++i) at_hand_.push_back(piece->first + i);
  kept_ = stock_.left();
  return {};
}

bool References::should_ask(std::int64_t now_boot_ms) const {
  const platform::MutexLock lock(mutex_);
  return kept_ < sync::ReferenceStock::block_size / 2 && (asked_ms_ == 0 || now_boot_ms - asked_ms_ >= ask_every_ms);
}

std::string References::question(const sync::Id& incarnation, std::int64_t now_boot_ms) {
  const platform::MutexLock lock(mutex_);
  asked_ms_ = now_boot_ms;
  return ReferenceJson{{"incarnation", incarnation.text()}}.dump();
}

Result<void> References::keep(std::string_view answer, const sync::Id& incarnation) {
  auto json = platform::JsonObject::parse(answer);
  if (!json.has("references")) return {};
  platform::JsonObject told(json.object("references"));
  const std::int64_t first = told.number("first", 0), count = told.number("count", 0);
  if (!told.checked() || first <= 0 || count < 0 ||
      static_cast<std::uint64_t>(count) > sync::ReferenceStock::block_size ||
      static_cast<std::uint64_t>(first) + static_cast<std::uint64_t>(count) > sync::reference_count)
    return malformed_references();
  const platform::MutexLock writing(writing_);
  stock_.belong_to(incarnation);
  stock_.add({static_cast<std::uint64_t>(first), static_cast<std::uint64_t>(count)});
  HOLDLINE_TRY(write());
  const platform::MutexLock lock(mutex_);
  kept_ = stock_.left();
  return {};
}

std::uint64_t References::left() const {
  const platform::MutexLock lock(mutex_);
  return kept_ + at_hand_.size();
}

}  // namespace holdline::agent
