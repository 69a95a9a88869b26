// Whom a file of records may name for a purpose, and by which numbers and addresses: not those who asked to be left
// alone, whose consent is needed and not there, or whose data may only be stored. One judgement for the hub and for
// workstations (decision 0040). Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "sync/action/record.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::sync {

// Why a record, or one number or address of it, does not go along. In the order in which they are asked.
enum class LeftOut : std::uint8_t { restricted, unverified, objected, no_consent, do_not_contact };
inline constexpr std::size_t left_out_kinds = 5;

struct LeftOutCounts {
  std::array<std::uint64_t, left_out_kinds> records{}, contacts{};  // by LeftOut; contacts of records that go along
  std::uint64_t all_records() const;
  std::uint64_t all_contacts() const;
};
// For people: "12 customers whose data may only be stored; 3 numbers or addresses on the do-not-contact list". Empty
// when nothing was left out.
std::string described(const LeftOutCounts& counts);

class Audience {
 public:
  // Of a file of records of `exported` for a purpose of the list of exports. `schema` must outlive it. `key`: of the
  // do-not-contact list.
  Audience(const Schema& schema, const Collection& exported, std::string_view purpose, std::string_view key);

  // The list is asked, so there has to be a key.
  bool asks_the_list() const { return use_.contacts; }
  // All live records of these have to be told before anything is asked, of the scope that is exported;
  // suppressions() of every scope of the same client as well.
  std::vector<const Collection*> wants() const;
  const Collection* suppressions() const { return use_.contacts ? suppressions_ : nullptr; }
  void tell(const Collection& collection, const Record& record);

  // As whom a customer stands today: where a chain of merges ends. An alias whose other one is gone stands for itself.
  Id root_of(const Id& customer);
  // Whether the record goes along; counted when it does not. What of it and of its `children` must not is taken away.
  bool admit(Record& record, std::vector<Record>& children);
  const LeftOutCounts& left_out() const { return left_out_; }

 private:
  struct Use {
    std::string_view purpose;
    bool contacts, needs_consent, with_restricted;
  };
  struct Said {  // the latest of one channel
    std::int64_t at = 0;
    bool given = false;
  };
  enum Channel : std::uint8_t { phone, sms, email, letter };
  using SaidByChannel = std::array<std::optional<Said>, 4>;

  static Use use_for(std::string_view purpose);
  void gather();
  void tell_customer(const Record& customer);
  void tell_consent(const Record& consent);
  void tell_request(const Record& request);
  void tell_suppression(const Record& suppression);
  std::optional<LeftOut> why_not(const Record& record, const Id& customer) const;
  bool may_use(const Id& customer, Channel channel) const;
  bool is_on_the_list(std::string_view kind, const Value& value, std::string_view purpose) const;
  bool is_on_the_list(const Record& record) const;
  // Why nothing is left by which they may be reached, if so.
  std::optional<LeftOut> take_contacts_away(const Id& customer, Record& record, std::vector<Record>& children);

  const Collection& exported_;
  const Use use_;
  const std::string key_;
  const Collection *customers_, *consents_, *requests_, *suppressions_;
  std::vector<const Collection*> kinds_;  // telephone numbers and e-mail addresses of customers
  std::vector<Id> live_;                  // customers
  std::unordered_map<Id, Id> merged_;
  std::unordered_set<Id> restricted_, objected_;
  std::unordered_map<Id, SaidByChannel> said_;
  std::unordered_map<std::string, std::vector<std::string>> listed_;  // purposes by hash
  bool gathered_ = false;  // what was told of aliases stands at those they were merged into
  LeftOutCounts left_out_;
};

}  // namespace holdline::sync
