// Of the customers that an import adds: who is probably here already under another ref or of another source, or twice
// in the file. By the judgement of the desk (sync/form/same_customer.hpp) among those that share a telephone number, an
// e-mail address or a postcode, so that nobody is compared with everybody. Told for people to decide; nothing is
// merged. And the same of all customers of a scope, whenever somebody wants to know.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hub/import/import.hpp"
#include "hub/import/rows.hpp"
#include "platform/os/mutex.hpp"
#include "platform/os/task_thread.hpp"
#include "sync/form/same_customer.hpp"

namespace holdline::hub {

class DuplicateSearch {
 public:
  explicit DuplicateSearch(const sync::Schema& schema);

  // Records of the ledger that are made from now on are not looked at: those of the import, which are compared as they
  // are added. To be called before the first is.
  Result<void> begin(Ledger& ledger);
  // A customer that the import adds.
  void add(std::uint64_t line, const ToldCustomer& told);
  // All customers of a scope that stand for themselves, in place of those of a file. Answers how many they are.
  Result<std::uint64_t> add_all(Ledger& ledger, const std::string& scope);
  bool empty() const { return added_.empty(); }

  // Goes on with about `portion` of them, or of the records of `scope` that are in the ledger. False: that was all. Of
  // what thousands share, as the number of a switchboard or an address like none@example.com, few are compared.
  Result<bool> look(Ledger& ledger, const std::string& scope, std::size_t portion);
  // Among those that were added only.
  void look_among_added();
  std::uint64_t count() const { return count_; }
  // By line, the most similar first; the first 10,000.
  std::vector<ProbableDuplicate> found() &&;

 private:
  struct Added {
    Id id;
    std::uint64_t line;
    std::string ref, name;
    std::vector<Id> told = {};  // who were told of it
  };
  // Those that share a key, and how many of the ledger they were compared with.
  struct Group {
    std::vector<std::size_t> added;
    std::size_t compared = 0;
  };
  using Keys = std::unordered_map<std::string, Group>;
  struct Shared {
    const Group* group;
    const sync::Field* field;
    sync::SharedBy by;
  };

  std::string block_of(const sync::Record& customer) const;
  void add_customer(std::uint64_t line, const sync::Record& customer);
  void add_child(std::size_t of, const sync::Record& child);
  void share(std::size_t of, Keys& keys, const std::string& key, const sync::Field& field, sync::SharedBy by);
  std::size_t look_in_file(std::size_t of);
  // As whom a record of the ledger stands today; nothing when it is deleted, or of this import.
  Result<std::optional<sync::Record>> stands_as(LedgerReader& reader, const sync::RecordKey& key);
  Result<bool> look_at_children(LedgerReader& reader, const std::string& scope, std::size_t portion);
  Result<bool> look_at_customers(LedgerReader& reader, const std::string& scope, std::size_t portion);
  void compare(std::size_t of, const std::string& name, sync::SharedBy shared, ProbableDuplicate found);
  void tell(std::size_t of, ProbableDuplicate found);

  const sync::Schema& schema_;
  const sync::Collection& customers_;
  std::vector<const sync::Collection*> kinds_;  // children with a natural key
  sync::NameNormalizer normalizer_;
  std::vector<Added> added_;
  std::vector<std::vector<Shared>> shared_;  // of each of them
  std::unordered_map<Id, std::size_t> by_id_;
  std::vector<Keys> by_key_;  // of each kind
  Keys by_block_, by_ref_;

  std::vector<std::int64_t> kinds_until_;  // LedgerReader::last_made() of each when it began
  std::int64_t customers_until_ = 0;

  std::size_t next_added_ = 0, next_kind_ = 0;  // where it goes on
  bool customers_looked_at_ = false;
  Id after_;
  std::vector<ProbableDuplicate> found_;
  std::uint64_t count_ = 0;
};

// The search of an import, on a thread of its own where there is a clock for it: the ledger's thread only says whom it
// added, and waits for the result.
class DuplicatesBeside {
 public:
  // All must outlive it.
  DuplicatesBeside(Ledger& ledger, std::string scope, const platform::Clock* clock);
  ~DuplicatesBeside();
  Result<void> begin() { return search_.begin(ledger_); }

  using Created = std::vector<std::pair<std::uint64_t, ToldCustomer>>;  // by line
  void add(Created created);
  // After all were added: goes on by about `portion`, or waits a few milliseconds. False: that was all.
  Result<bool> look(std::size_t portion);
  // After look() answered false.
  DuplicateSearch& search() { return search_; }

 private:
  void look_at_all();

  Ledger& ledger_;
  const std::string scope_;
  DuplicateSearch search_;  // of the thread, until it has ended
  bool asked_ = false;
  platform::Mutex mutex_;
  platform::Condition changed_;
  std::optional<Result<void>> ended_ HOLDLINE_GUARDED_BY(mutex_);
  std::atomic<bool> stopping_ = false;
  std::unique_ptr<platform::TaskThread> thread_;  // last: it ends first
};

struct Rescan {
  std::uint64_t customers = 0, count = 0;     // compared, and probable pairs
  std::vector<ProbableDuplicate> duplicates;  // the most similar first, at most 10,000; no lines
  std::unordered_map<Id, std::string> names;  // of those in them: "Ada Lovelace, London"
};
// Who is probably one customer, of all in a scope. Reads only, on any thread; some seconds for 100,000 customers.
Result<Rescan> rescan(Ledger& ledger, const std::string& scope);

}  // namespace holdline::hub
