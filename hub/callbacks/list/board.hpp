// The list as the hub keeps it between requests: following the ledger, screened by hours, in order. Whoever asks for
// the next case of 20,000 does not wait until all of them were looked at.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hub/callbacks/list/records.hpp"
#include "hub/setup/config.hpp"
#include "platform/time/country_zones.hpp"
#include "platform/time/zones.hpp"
#include "sync/text/phone_country.hpp"

namespace holdline::hub {

// Belongs to the ledger's thread, but for what says otherwise.
class CallbackBoard {
 public:
  explicit CallbackBoard(const HubConfig& config);

  // What of keeping up takes long, for another thread, before a request is answered: reads the list whole where none is
  // there or it is too far behind. Nothing: it is not. Errors of CallbackRecords::read.
  Result<std::unique_ptr<CallbackRecords>> read_ahead(Ledger& ledger) const;
  // The list as it stands now; `ahead` may be null.
  Result<void> keep_up(Ledger& ledger, std::unique_ptr<CallbackRecords> ahead, std::int64_t now_ms);
  // Something that it was told has not become true: it is read again.
  void forget();

  CallbackList& list() { return records_->list(); }
  // In order, all that need a call, each screened.
  std::vector<contingency::ListedCase> listed();
  contingency::Screening screened(const contingency::CallbackCase& of);
  // From when on people may be called there, that moment or later; nothing: not within a week.
  std::optional<std::int64_t> next_open(const contingency::Whereabouts& where, std::int64_t from_ms);
  // Until when people may be called where it is now; nothing: they may not.
  std::optional<std::int64_t> open_until(const contingency::Whereabouts& where);
  // In order, those that nobody has and that may be called now, until `take` answers true.
  void each_callable(const std::function<bool(const contingency::ListedCase&)>& take);

 private:
  struct Hours;
  void look_at_hours();
  // The n-th in order; null: there are not so many. As much of the order is made as is asked for.
  const contingency::CallbackCase* in_order(std::size_t n);
  void place_cases();

  const HubConfig& config_;
  const contingency::ZoneRules zones_;  // what was looked up once is known, also to the other thread
  std::unique_ptr<CallbackRecords> records_;
  std::atomic<ChangeNumber> kept_cn_ = 0;  // 0: no list is there
  std::int64_t now_ms_ = 0;
  std::shared_ptr<Hours> hours_;
  // Of the version of the records and the moment for which it was made.
  std::vector<std::pair<contingency::Place, const contingency::CallbackCase*>> order_;
  std::size_t ordered_ = 0;  // so many of them are the first, in order
  std::uint64_t order_version_ = 0;
  std::int64_t ordered_ms_ = 0;
  // Cases that may not be called before then, as far as is known; until they may be others.
  std::unordered_map<Id, std::int64_t> not_before_;
};

}  // namespace holdline::hub
