#include "hub/callbacks/list/board.hpp"

#include <algorithm>
#include <limits>

#include "hub/callbacks/list/remembering.hpp"

namespace holdline::hub {

namespace {

constexpr std::int64_t look_ahead_ms = 8LL * 24 * 3'600'000;  // a week: every next opening is in it
constexpr std::int64_t hours_last_ms = 3'600'000;             // then the week is looked at from its new beginning
constexpr std::int64_t order_lasts_ms = 5'000;                // deadlines come nearer by the minute
constexpr std::size_t ordered_portion = 500;
constexpr ChangeNumber most_behind = 4'000;  // less than CallbackRecords::follow takes

// Where nothing else says what the clock shows: the site's country, when its clocks all show the same.
std::string zone_of_site(const HubConfig& config) {
  const auto zones = platform::zones_of_country(config.region);
  return zones.size() == 1 ? zones.front() : std::string();
}

}  // namespace

struct CallbackBoard::Hours {
  Hours(const sync::Schema& schema, const contingency::ZoneRules& zones, const HubConfig& config, std::int64_t now_ms)
      : rules{schema, zone_of_site(config)},
        windows(schema, zones, {now_ms, now_ms + look_ahead_ms}),
        since_ms(now_ms) {}

  const contingency::CallRules rules;
  contingency::CallingWindows windows;
  const std::int64_t since_ms;
};

CallbackBoard::CallbackBoard(const HubConfig& config)
    : config_(config),
      zones_(remembering({platform::zone_offset_ms, platform::zones_of_country, sync::country_of_number})) {}

Result<std::unique_ptr<CallbackRecords>> CallbackBoard::read_ahead(Ledger& ledger) const {
  HOLDLINE_ASSIGN(const auto reader, ledger.reader());
  HOLDLINE_ASSIGN(const sync::Cursor head, reader->head());
  const ChangeNumber kept = kept_cn_;
  if (kept != 0 && head.cn <= kept + most_behind) return std::unique_ptr<CallbackRecords>();
  HOLDLINE_ASSIGN(auto records, CallbackRecords::read(ledger, config_.callback_lease.count()));
  // Whose country it is takes longer than all else that is asked of a case.
  for (const auto& [id, of] : records->list().cases.all())
    for (const auto& number : of.numbers) zones_.country_of(number.number);
  return records;
}

Result<void> CallbackBoard::keep_up(Ledger& ledger, std::unique_ptr<CallbackRecords> ahead, std::int64_t now_ms) {
  if (ahead != nullptr && (records_ == nullptr || ahead->list().at.cn > records_->list().at.cn)) {
    forget();
    records_ = std::move(ahead);
  }
  bool followed = false;
  if (records_ != nullptr) {
    HOLDLINE_ASSIGN(followed, records_->follow(ledger));
  }
  if (!followed) {
    forget();
    HOLDLINE_ASSIGN(records_, CallbackRecords::read(ledger, config_.callback_lease.count()));
  }
  for (const Id& id : records_->changed()) not_before_.erase(id);
  kept_cn_ = records_->list().at.cn;
  now_ms_ = now_ms;
  records_->pass_time(now_ms);
  return {};
}

void CallbackBoard::forget() {
  records_.reset();
  hours_.reset();
  order_.clear();
  not_before_.clear();
  kept_cn_ = order_version_ = ordered_ = 0;
}

void CallbackBoard::look_at_hours() {
  if (hours_ != nullptr && now_ms_ >= hours_->since_ms && now_ms_ - hours_->since_ms < hours_last_ms) return;
  hours_ = std::make_shared<Hours>(records_->schema(), zones_, config_, now_ms_);
  not_before_.clear();
}

std::vector<contingency::ListedCase> CallbackBoard::listed() {
  look_at_hours();
  return contingency::list_cases(list().cases, hours_->rules, hours_->windows, now_ms_);
}

contingency::Screening CallbackBoard::screened(const contingency::CallbackCase& of) {
  look_at_hours();
  return contingency::screen(of, list().cases, hours_->rules, hours_->windows, now_ms_);
}

std::optional<std::int64_t> CallbackBoard::open_until(const contingency::Whereabouts& where) {
  look_at_hours();
  return hours_->windows.open_until(where, now_ms_);
}

std::optional<std::int64_t> CallbackBoard::next_open(const contingency::Whereabouts& where, std::int64_t from_ms) {
  look_at_hours();
  return hours_->windows.next_open(where, from_ms);
}

void CallbackBoard::place_cases() {
  const bool good =
      order_version_ == records_->version() && now_ms_ >= ordered_ms_ && now_ms_ - ordered_ms_ < order_lasts_ms;
  if (good) return;
  const contingency::OrderOptions options;
  order_.clear();
  for (const auto& [id, of] : list().cases.all())
    if (of.need == contingency::CaseNeed::call) order_.emplace_back(contingency::place_of(of, now_ms_, options), &of);
  ordered_ = 0;
  order_version_ = records_->version();
  ordered_ms_ = now_ms_;
}

// Whoever asks for the next one wants one of the first: the others are not sorted for it.
const contingency::CallbackCase* CallbackBoard::in_order(std::size_t n) {
  const auto by_place = [](const auto& a, const auto& b) { return a.first < b.first; };
  while (n >= ordered_ && ordered_ < order_.size()) {
    const std::size_t more = std::min(order_.size(), ordered_ + std::max(ordered_portion, ordered_));
    const auto from = order_.begin() + static_cast<std::ptrdiff_t>(ordered_);
    const auto to = order_.begin() + static_cast<std::ptrdiff_t>(more);
    std::partial_sort(from, to, order_.end(), by_place);
    ordered_ = more;
  }
  return n < order_.size() ? order_[n].second : nullptr;
}

void CallbackBoard::each_callable(const std::function<bool(const contingency::ListedCase&)>& take) {
  look_at_hours();
  place_cases();
  for (std::size_t n = 0; const contingency::CallbackCase* of = in_order(n); ++n) {
    const auto sleeps = not_before_.find(of->id);
    if (sleeps != not_before_.end() && sleeps->second > now_ms_) continue;
    if (list().claims.of(*of) != nullptr) continue;
    const contingency::ListedCase listed{of, screened(*of)};
    if (listed.screening.now()) {
      if (take(listed)) return;
    } else {
      not_before_[of->id] = listed.screening.ready_ms.value_or(std::numeric_limits<std::int64_t>::max());
    }
  }
}

}  // namespace holdline::hub
